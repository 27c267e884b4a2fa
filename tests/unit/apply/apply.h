/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the cases of the apply layer, a file each. */
#pragma once

#include "tests/support/suite.h"

TCase *case_contract(void);
TCase *case_execute(void);
TCase *case_journal(void);
TCase *case_restore(void);
TCase *case_fail(void);
TCase *case_crash(void);
TCase *case_domains(void);
TCase *case_recover(void);
TCase *case_poison(void);
TCase *case_holders(void);
TCase *case_ledger(void);
TCase *case_cpus(void);
TCase *case_cpus_old(void);
TCase *case_cpus_refused(void);
TCase *case_cpus_loops(void);
TCase *case_cpus_loops_old(void);
TCase *case_pages(void);
TCase *case_follow(void);
TCase *case_usb(void);
TCase *case_forget(void);
TCase *case_arrivals(void);
TCase *case_announce(void);
TCase *case_report(void);
