/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: tells that control groups come into being (inotify(7): whoever makes one makes a directory, and the kernel
 * tells of that as of any other).
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"

/*
 * Watches the root of the control groups, and every group on the way to one (its path below the root), for what is made
 * directly in them. Returns a descriptor to poll for input; -errno.
 */
int watch_groups(const struct host *host, const char *group);

/* Watches one more group for what is made directly in it. Returns 1; 0 when it was watched already; -errno. */
int watch_add(const struct host *host, int watch, const char *group);

/* Takes what has been told. Returns whether there was anything. */
bool watch_take(int fd);
