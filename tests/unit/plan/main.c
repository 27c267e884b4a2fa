// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "tests/unit/plan/plan.h"

int main(void)
{
	return suite_run("plan",
		(TCase *[]){ case_take(), case_undo(), case_step(), case_hold(), case_place(), case_settle(),
			case_settle_random(), case_claim(), case_pages(), case_vectors(), case_usb_follow(), NULL });
}
