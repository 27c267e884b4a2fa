/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tests of doctor: rows of hosts, each with a finding that is made there. */
#pragma once

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/programs.h"

struct doctor_row {
	/* What it is, the recorded machine, /etc/gpu-handoff.conf or NULL, and what else is put into the host. */
	const char *name, *record, *config;
	void (*put)(int root);
	/*
	 * A finding that is there once: check, result, subject, or what it begins with, and a part of reason
	 * and remedy; NULL for no remedy.
	 */
	const char *check, *result, *subject, *reason, *remedy;
};

void doctor_row_check(const struct doctor_row *row);

/* A finding that is not made: of the check, with that text in its reason; any at all for "". */
struct doctor_silence {
	const char *name, *record;
	void (*put)(int root);
	const char *check, *text;
};

void doctor_silence_check(const struct doctor_silence *row);

/* Nothing else is put into the host. */
void doctor_put_nothing(int root);

/* The host of a record, with a configuration or without. */
void doctor_host(struct scratch *scratch, const char *record, const char *config);

/* The findings of 'doctor --json', which the caller puts; it frees the text. The status is that of the program. */
json_object *doctor_parse(char *text, int status);
