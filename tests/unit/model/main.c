// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "tests/unit/model/model.h"

int main(void)
{
	return suite_run(
		"model", (TCase *[]){ case_address(), case_card(), case_inventory(), case_nvidia(), case_holder(),
				 case_unit(), case_policy(), case_occupancy(), case_cpuset(), case_knob(),
				 case_slot_path(), case_mode(), case_usb(), case_port(), case_cmdline(), NULL });
}
