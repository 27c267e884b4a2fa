/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: a file that a person names, to be written as that person. */
#pragma once

/*
 * Writes what is in an open file, from its beginning, to the file at path; "-" is stdout. It is then whole, or as it
 * was: it is written beside its place and renamed. What is there and no regular file (a device, a FIFO, a symlink) is
 * written as it is. Returns 0, or -errno.
 */
int output_write(const char *path, int from);
