/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: what gpu-handoff-xmlgen is made of. */
#pragma once

#include "tests/support/suite.h"

TCase *case_input(void);
TCase *case_edit(void);
TCase *case_tune(void);
TCase *case_tune_read(void);
