/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the cases of the commands, of what takes more than a recorded machine. */
#pragma once

#include "tests/support/suite.h"

TCase *case_setup(void);
TCase *case_setup_crash(void);
TCase *case_setup_wants(void);
TCase *case_usb_follow(void);
TCase *case_run_words(void);
TCase *case_run(void);
