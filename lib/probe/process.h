/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: who has device nodes open or mapped (proc(5): PID/fd, PID/maps, PID/map_files). Compares device numbers, so
 * mount and PID namespaces hide nothing; looks at every task, for a thread may have descriptors of its own. A name is
 * compared only where the kernel refuses the number: mappings need CAP_SYS_ADMIN.
 *
 * Not to be seen there: descriptors on their way through a socket, the registered files of io_uring, dma-bufs that are
 * mapped and no longer open, and what the kernel itself has open.
 */
#pragma once

#include "host/host.h"
#include "model/holder.h"

/*
 * One pass over all processes for all the nodes, in as many threads as it pays; they have ended when it returns. The
 * caller is left out. A process that cannot be looked at, wholly or in part, is counted in n_hidden, whether it is a
 * holder as well or not. One call at a time. Returns 0, or -errno when /proc cannot be listed to its end: then nothing
 * is known.
 */
int process_scan(const struct host *host, const struct nodes *nodes, struct holders *ret);

/* When a process started, in clock ticks since boot. Returns 1 and *ret; 0 when it has ended; -errno. */
int process_probe_start(const struct host *host, pid_t pid, uint64_t *ret);

/*
 * Whether the process of that pid and start time is still there; one that has ended with all its threads is not, though
 * its parent has not asked about it. Returns 1, 0, or -errno.
 */
int process_is_alive(const struct host *host, pid_t pid, uint64_t start);
