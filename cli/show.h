/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: plans and handovers for a person, on stdout. */
#pragma once

#include "apply/handover.h"
#include "plan/plan.h"

/* "owner: sentence"; the owner is a stranger's text. */
void show_note(const char *owner, const char *sentence);

/* The functions that a plan takes, with their drivers. */
void show_taken(const struct inventory *inventory, const struct plan *plan);

/* Its steps, numbered. */
void show_steps(const struct plan *plan);

/* The knobs of the host that are to be set, those of a kind that get the same value together. */
void show_knobs(const struct knobs *knobs);

/* What is worth knowing, if anything, after an empty line. */
void show_notes(const struct notes *notes);

/* Observers that print each event; the second one, for what changes the host, also logs it (apply/report.h). */
extern const struct observer show_observer, show_report_observer;
