/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: everything beneath a directory as text: a line for each file with its bytes, and for each link's target. */
#pragma once

/* Returns the text, which the caller frees. */
char *snapshot_take(int root, const char *path);

/*
 * Compares two, leaving out lines that begin with ignored (NULL for none). Returns NULL when they are the same, or
 * the first line that differs, in the one that is ahead, until the next call.
 */
const char *snapshot_compare(const char *a, const char *b, const char *ignored);
