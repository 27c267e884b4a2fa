/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the cases of the plan layer. Its inventories come from records, without a tree. */
#pragma once

#include "tests/support/suite.h"

TCase *case_take(void);
TCase *case_undo(void);
TCase *case_step(void);
TCase *case_hold(void);
TCase *case_place(void);
TCase *case_settle(void);
TCase *case_settle_random(void);
TCase *case_claim(void);
TCase *case_pages(void);
TCase *case_vectors(void);
TCase *case_usb_follow(void);
