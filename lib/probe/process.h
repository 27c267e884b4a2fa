/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: who has device nodes open or mapped (proc(5): PID/fd, PID/maps, PID/map_files). Compares device numbers, so
 * mount and PID namespaces hide nothing; looks at every task, for a thread may have descriptors of its own.
 */
#pragma once

#include "host/host.h"
#include "model/holder.h"

/*
 * One pass over all processes for all the nodes, in as many threads as it pays. The caller is left out. Returns 0, or
 * -errno when /proc cannot be read at all: then nothing is known.
 */
int process_scan(const struct host *host, const struct nodes *nodes, struct holders *ret);

/* When a process started, in clock ticks since boot. Returns 1 and *ret; 0 when it has ended; -errno. */
int process_probe_start(const struct host *host, pid_t pid, uint64_t *ret);

/* Whether the process of that pid and start time is still there. Returns 1, 0, or -errno. */
int process_is_alive(const struct host *host, pid_t pid, uint64_t start);
