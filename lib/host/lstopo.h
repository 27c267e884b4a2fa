/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: hwloc's program lstopo, which draws a topology that is given to it as XML (lstopo(1)). It is looked for in
 * fixed directories, started without a shell, in an environment of its own, and has a deadline.
 */
#pragma once

#include <stddef.h>

/* Where it is looked for, then NULL. */
extern const char *const lstopo_directories[];

/*
 * Runs the program of the first of the directories that has it: arguments without its name, then NULL; input and output
 * are its stdin and stdout. Returns 0; -ENOENT when no directory has it; -ETIMEDOUT, and it was killed; -ECHILD when it
 * failed; -errno. message is a string: the first line of what it wrote to stderr, printable.
 */
int lstopo_run(const char *const directories[], const char *const arguments[], int input, int output, int deadline_ms,
	char *message, size_t size);
