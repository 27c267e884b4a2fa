/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: /run/gpu-handoff, where the state lives that must die with the kernel's. Nothing that somebody else made
 * there is trusted: the directory and every file in it must be regular, ours, and writable by us alone.
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"

/* Opens the directory, which is made when create is set. Returns the descriptor; -ENOENT; -EPERM when not ours. */
int runtime_open(const struct host *host, bool create);

/* Opens a directory in it, which is made when create is set. Returns as runtime_open() does. */
int runtime_directory_open(int runtime, const char *name, bool create);

/* Opens a file in it; flags as for open(2), O_NOFOLLOW is added. Returns as runtime_open() does. */
int runtime_file_open(int runtime, const char *name, int flags);
