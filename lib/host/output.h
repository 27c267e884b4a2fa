/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: a file that a program writes where the person who runs it names one, as that person. */
#pragma once

#include <stddef.h>

/*
 * Writes the whole file: a regular one is replaced at once when all of it is on the disk, with the mode that it had, or
 * stays as it was; anything else, a terminal or a pipe, is written to; "-", or a name of it, is standard output. A
 * symlink that leads nowhere stays, with -ENOENT. Returns 0, or -errno.
 */
int output_write(const char *path, const char *bytes, size_t size);
