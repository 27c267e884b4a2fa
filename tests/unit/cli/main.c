// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "tests/unit/cli/cli.h"

int main(void)
{
	return suite_run("cli", (TCase *[]){ case_setup(), case_setup_crash(), case_setup_wants(), case_usb_follow(),
					case_run_words(), case_run(), NULL });
}
