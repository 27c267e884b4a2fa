/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: one Check suite a program. Its files each give test cases; main() runs them and prints Check's totals. */
#pragma once

#include <check.h>

/*
 * Runs the cases, which end with NULL, as one suite; of them every Nth from the Ith on, where SUITE_SHARE is I/N:
 * tests/unit/run starts a long suite N times. Returns main()'s result.
 */
int suite_run(const char *name, TCase *const cases[]);

/* A test case with a long enough time limit for a slow machine. */
TCase *suite_case(const char *name);

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A case's loop test runs once for each row of a table, as row _i. */
#define add_rows(tcase, test, table) tcase_add_loop_test(tcase, test, 0, COUNT(table))
