// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "tests/unit/apply/apply.h"

int main(void)
{
	TCase *const cases[] = { case_contract(), case_execute(), case_journal(), case_restore(), case_fail(),
		case_crash(), case_domains(), case_recover(), case_poison(), case_holders(), case_ledger(), case_cpus(),
		case_cpus_old(), case_cpus_refused(), case_pages(), case_cpus_loops(), case_cpus_loops_old(),
		case_follow(), case_usb(), case_forget(), case_arrivals(), case_announce(), case_report(), NULL };

	return suite_run("apply", cases);
}
