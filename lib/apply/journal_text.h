/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply: the lines of a journal, apart from the file that holds them; journal_parse() is in journal.h. */
#pragma once

#include "apply/journal.h"
#include "base/text.h"

/* Everything that is known before the first step. */
void journal_write_head(struct text *text, const struct journal *journal);

/* The line of a step. */
void journal_write_change(struct text *text, const struct step *step);
