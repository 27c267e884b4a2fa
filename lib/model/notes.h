/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: sentences for a person who asks why: lower case, no full stop; strangers' text in them is printable. A value.
 */
#pragma once

#define NOTES_MAX 48

struct notes {
	unsigned int n;
	char lines[NOTES_MAX][256];
};

/* Adds a sentence, cut where it is too long; none beyond NOTES_MAX. */
__attribute__((format(printf, 2, 3))) void notes_add(struct notes *notes, const char *format, ...);
