/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply: the lines of a journal, apart from the file that holds them; journal_parse() is in journal.h. */
#pragma once

#include "apply/journal.h"
#include "apply/line.h"
#include "base/text.h"

/* No line is longer, its end included. */
#define JOURNAL_LINE_MAX LINE_MAX_APPENDED

/* Everything that is known before the first step. */
void journal_write_head(struct text *text, const struct journal *journal);

/*
 * The line of a step; of a step that is begun and not to be undone; of who asks the kernel; of a function that has
 * vanished.
 */
void journal_write_change(struct text *text, const struct step *step);
void journal_write_begun(struct text *text, const struct step *step);
void journal_write_writer(struct text *text, const struct journal *journal);
void journal_write_vanished(struct text *text, struct address address);
