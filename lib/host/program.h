/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: starts a program without a shell, in an environment of its own. */
#pragma once

#include <sys/types.h>

/*
 * Starts it with no signal blocked. streams become its stdin, stdout and stderr; -1 is the caller's own. Returns 0 and
 * the process, or -errno.
 */
int program_start(const char *path, char *const arguments[], const int streams[3], pid_t *ret);

/* The same, in a process group of its own, which has the number of the process, and with the LANG of ours. */
int program_start_apart(const char *path, char *const arguments[], const int streams[3], pid_t *ret);
