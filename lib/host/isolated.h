/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: a function in a child process of its own, with a deadline: for what only reads, of which nobody knows how long
 * that takes. To read /proc/PID/maps, for one, is to wait for a lock that a process stuck in a driver may have. Unlike
 * the watched child (watched.h) it asks nothing of a device, so it can be killed.
 */
#pragma once

#include <stddef.h>

/*
 * Calls the function in a child, with a copy of the memory at argument, which it may change: what it has made of that
 * is there when this returns ≥ 0. No other effect of it is seen. size is ISOLATED_SIZE_MAX at most. Returns what the
 * function does; -ETIMEDOUT; -ECHILD when the child died; -errno.
 */
int isolated_call(int (*function)(void *argument), void *argument, size_t size, int deadline_ms);

#define ISOLATED_SIZE_MAX (1024u * 1024)
