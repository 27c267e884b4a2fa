/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the lines that would have gone to the system's journal, where a test wraps log_send (base/log.h). */
#pragma once

#include <stddef.h>

struct caught {
	int priority;
	char message[1600];
	char fields[4096]; /* "NAME=value\n" for each, in order */
};

/* Forgets what was caught. */
void caught_clear(void);

unsigned int caught_count(void);

/* The i-th line. */
const struct caught *caught_at(unsigned int i);

/* The next line, from the i-th on, that has a field of that name with that value; NULL for none. */
const struct caught *caught_find(unsigned int from, const char *name, const char *value);

/* The n-th value of a field, from 0, which lives until the next call; "" when there is none. */
const char *caught_value(const struct caught *caught, const char *name, unsigned int n);
