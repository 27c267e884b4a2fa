/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clang-format off */
/*
 * apply: the ledger of the host's shared knobs (model/knob.h), /run/gpu-handoff/ledger. Text, a knob a line:
 *
 *	gpu-handoff ledger 1
 *	allowed system.slice - - 0-3		kind, key, base, last, want
 *	interrupt 24%20eth0 0-7 0-7 0-3
 *	settled
 *
 * All of what is about to change is written at once, as a new file in the place of the old one, before the first
 * change; "settled" is appended after the last. In between, a knob may have its last value or the one that was wanted.
 * Words and keys are percent-encoded where they are not plain, CPUs are a list; "-" is none. A last line without its
 * newline never happened.
 *
 * Calling sequence, under the lock: ledger_read(), plan_settle(), ledger_write(), the changes, ledger_mark(); or
 * ledger_remove() when no knob is turned any more.
 */
/* clang-format on */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/knob.h"

/* All knobs that there can be fit, with a few ranges of CPUs each; what does not is refused before anything changes. */
#define LEDGER_SIZE_MAX (8u * 1024 * 1024)

/* Reads the text into cleared knobs. Returns 0, or -EBADMSG and *ret is undefined. Pure. */
int ledger_parse(const char *text, size_t size, struct knobs *ret);

/* Reads the file into cleared knobs. Returns 0; -ENOENT when there is none; -EBADMSG; -EPERM when it is not ours. */
int ledger_read(int runtime, struct knobs *ret);

/* Writes those that are due or turned (plan/settle.h), not settled. Returns 0, -E2BIG, or -errno: then nothing may be
 * changed. */
int ledger_write(int runtime, const struct knobs *knobs);

/* Appends that what it wants was reached. */
int ledger_mark(int runtime);

int ledger_remove(int runtime);

/* Removes what a process that was killed did not finish: a new file that is not in the place of the old one. */
void ledger_tidy(int runtime);

/* Whether there is one. What cannot be told is true. */
bool ledger_exists(int runtime);
