/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: what a handover does, as lines of the system's journal: GPU_HANDOFF_* fields, a MESSAGE_ID for each kind of
 * event, and a sentence to read. For programs that change the host: nothing below them sends a line by itself.
 */
#pragma once

#include "apply/handover.h"

/* The observer that logs. */
extern const struct observer report_observer;

/* Logs one. It allocates nothing, and waits for nobody (base/log.h). */
void report_event(const struct event *event);

/* The last line of a call that is refused: what, in a word, and for whom. */
void report_refusal(struct event_owner owner, const char *what, const struct refusal *refusal);
