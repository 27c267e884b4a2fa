/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the virtual consoles that a framebuffer shows (Documentation/fb/fbcon.rst). */
#pragma once

#include <stdbool.h>

#include "host/host.h"
#include "model/node.h"

/* The console's own lock, and whoever opens a framebuffer, may wait for a driver. */
#define CONSOLE_DEADLINE_MS 10000

/* vtcon0 */
#define CONSOLE_NAME_SIZE 32

/*
 * The driver of consoles on framebuffers, there since one was. Returns 1, and its name below class/vtconsole, and
 * whether framebuffers show consoles now; 0 when there is none; KERNEL_STUCK, -errno.
 */
int console_find(const struct host *host, char name[CONSOLE_NAME_SIZE], bool *ret_bound);

/*
 * Whether framebuffers show consoles at all. Returns 1, and the name of their driver below class/vtconsole; 0,
 * KERNEL_STUCK, -errno.
 */
int console_find_bound(const struct host *host, char name[CONSOLE_NAME_SIZE]);

/*
 * Adds the consoles that framebuffer N shows, /dev/ttyN, with its function as their owner. None where no framebuffer
 * shows one, or where it has no node in /dev. Returns 0, -E2BIG, KERNEL_STUCK, -errno.
 */
int console_add_nodes(const struct host *host, unsigned int framebuffer, struct address owner, struct nodes *nodes);
