/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the cases of the base layer that have a file of their own. */
#pragma once

#include "tests/support/suite.h"

TCase *case_log(void);
