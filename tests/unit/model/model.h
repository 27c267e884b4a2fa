/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the cases of the model layer. */
#pragma once

#include "tests/support/suite.h"

TCase *case_address(void);
TCase *case_card(void);
TCase *case_inventory(void);
TCase *case_holder(void);
TCase *case_unit(void);
TCase *case_nvidia(void);
TCase *case_policy(void);
TCase *case_occupancy(void);
TCase *case_cpuset(void);
TCase *case_knob(void);
TCase *case_slot_path(void);
TCase *case_mode(void);
TCase *case_usb(void);
TCase *case_port(void);
TCase *case_cmdline(void);
