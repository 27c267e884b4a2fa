/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: the host's own tools, such as update-grub: found beneath its /usr/sbin and /usr/bin, started without a shell,
 * in an environment of its own and a process group of its own, so that a key pressed at the terminal does not reach it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "host/host.h"

/* As many words can be given, the tool's name included. */
#define TOOL_WORDS_MAX 16

/* Whether the host has it. */
bool tool_is_there(const struct host *host, const char *name);

/*
 * Runs it: its name, then arguments, then NULL. The end of what it prints goes to output, a string. Past the deadline
 * it is ended, with what it has started. Returns its exit status; -ENOENT when the host has none of that name;
 * -ETIMEDOUT; -ECHILD when a signal has ended it; -errno.
 */
int tool_run(const struct host *host, const char *const words[], char *output, size_t size, int deadline_ms);
