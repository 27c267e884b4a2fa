/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the built programs, run on recorded machines. */
#pragma once

#include "tests/support/suite.h"

/*
 * Runs a program of the build folder with arguments, as the shell reads them, and returns what it prints on stdout
 * and stderr, which the caller frees, and its exit status.
 */
__attribute__((format(printf, 2, 3))) char *program_run(int *ret_status, const char *format, ...);

/* A scratch directory with the tree of a record; the fd of it. */
struct scratch;
void program_host(struct scratch *scratch, const char *record, int dressed);

TCase *case_list(void);
TCase *case_plan(void);
TCase *case_topology(void);
TCase *case_hook(void);
TCase *case_status(void);
TCase *case_doctor(void);
TCase *case_doctor_machine(void);
TCase *case_doctor_cards(void);
TCase *case_doctor_isolation(void);
TCase *case_doctor_records(void);
TCase *case_doctor_domain(void);
TCase *case_doctor_hooks(void);
TCase *case_udev(void);
TCase *case_modes(void);
TCase *case_xmlgen(void);
TCase *case_pins(void);
TCase *case_pins_everywhere(void);
