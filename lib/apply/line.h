/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply: appending to a file of lines that whoever writes it may be killed at. A line without its end never happened.
 */
#pragma once

#include <stddef.h>

/* No line that is appended is longer, its end included. */
#define LINE_MAX_APPENDED 32768

/* Appends a line with its end, or nothing of it. Returns 0, or -errno. */
int line_append(int fd, const char *line, size_t length);

/* Cuts off what a process that was killed left of its last line. Returns 0, or -errno. */
int line_drop_half(int fd);
