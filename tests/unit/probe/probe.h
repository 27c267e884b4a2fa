/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the cases of the probe layer. */
#pragma once

#include "tests/support/suite.h"

TCase *case_domain(void);
TCase *case_inventory(void);
TCase *case_critical(void);
TCase *case_daemon(void);
TCase *case_nvidia(void);
TCase *case_node(void);
TCase *case_activity(void);
TCase *case_config(void);
