/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: /var/lib/gpu-handoff/setup, where a setup is written down before anything of it is done, with what every file
 * had and gets. It is there from before the first change until everything is as before, and outlives a loss of power.
 *
 * Calling sequence: store_open(), the others, fd_close().
 */
#pragma once

#include "cli/setup/setup.h"

/*
 * Opens the directory, for this process alone; it is made when create is set. Returns the descriptor; -ENOENT;
 * -EWOULDBLOCK when another process has it; -EPERM when it is not ours; -errno.
 */
int store_open(const struct host *host, bool create);

/* Writes it down: first the contents, then the record, without which there is nothing. Returns 0, or -errno. */
int store_write(int store, const struct setup *setup);

/* Writes the record again, for its state and how many of its commands were begun. Returns 0, or -errno. */
int store_write_state(int store, const struct setup *setup);

/* Returns 1 and *ret; 0 when nothing is written down; -EINVAL when it cannot be read; -errno. */
int store_read(int store, struct setup *ret);

/*
 * Removes all of it, the record first, and the directory; of a store that is not open, only what an earlier removal may
 * have left. Returns 0, or -errno.
 */
int store_remove(const struct host *host, int store);

/* A refusal about it, from what these return. Always returns -ECANCELED. */
int store_refuse(int r, struct refusal *refusal);
