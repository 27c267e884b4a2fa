/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: what setup and reset are about to do, for a person, and the question whether they may. */
#pragma once

#include "cli/setup/setup.h"

/* The difference between two contents of a file below /etc, as diff(1) shows it. NULL is no file. */
void tell_difference(const char *path, const struct setup_content *before, const struct setup_content *after);

/* A command of the record as a person would write it; valid for the full expression. */
struct tell_text {
	char s[SETUP_COMMAND_SIZE + 64];
};

struct tell_text tell_command(const char *words);

/* What a tool has printed, set in. */
void tell_output(const char *output);

/* The sentences of the notes, a line each. */
void tell_notes(const struct notes *notes);

/*
 * Asks on the terminal; with yes it is not asked. Returns 1 or 0, or -ECANCELED with the refusal filled where there is
 * no terminal. A key that ends programs ends this one while it waits.
 */
int tell_ask(const char *question, bool yes, struct refusal *refusal);
