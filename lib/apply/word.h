/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: words of a file of ours, one line a fact, with a blank between two words. "-" is none, and what is not plain
 * is percent-encoded, so that no value can end a word or a line.
 */
#pragma once

#include "base/text.h"

/* Appends a value as a word: at most three characters for each of its own. */
void word_write(struct text *text, const char *value);

/* Reads what that writes. Returns 0, or -EBADMSG when it is none or does not fit; *target is then undefined. */
int word_read(const char *word, char *target, size_t size);

/* Cuts a line at its blanks. Returns how many words there are, at least 1; -EBADMSG when there are more than max. */
int word_split(char *line, char *words[], unsigned int max);
