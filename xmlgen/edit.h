/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: what is to be changed in a text, as a list: the text itself is changed once, at the end. What no edit names
 * stays byte for byte.
 *
 * Calling sequence: edits_init(), edit_begin() and writing to its stream as often as wanted, edits_apply(),
 * edits_finish(). What fails in between is told by edits_apply().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct edit {
	size_t offset, length; /* of the text, what is replaced */
	size_t begin;          /* of the replacement, in the buffer of all of them; it ends where the next begins */
	size_t end, rank;      /* set by edits_apply() */
};

struct edits {
	size_t n, room;
	struct edit *list;
	FILE *stream;
	char *buffer;
	size_t buffer_size;
	bool failed; /* memory */
};

/* Returns 0, or -ENOMEM: then there is nothing to finish. */
int edits_init(struct edits *edits);
void edits_finish(struct edits *edits);

/*
 * Replaces length bytes at the offset with what is written to the stream it returns, until the next edit begins. Never
 * NULL. Insertions at one offset keep the order in which they were begun, and come before what is replaced there.
 */
FILE *edit_begin(struct edits *edits, size_t offset, size_t length);

/*
 * The text with all edits made, which the caller frees; once. Returns 0; -ENOMEM; -EINVAL when edits overlap or lie
 * outside of the text.
 */
int edits_apply(struct edits *edits, const char *text, size_t size, char **ret, size_t *ret_size);
