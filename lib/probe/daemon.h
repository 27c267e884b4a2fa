/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the libvirt daemon behind a hook. While it lives it will call release; once it is gone nobody will, unless
 * its successor finds the domain in its own state.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "host/host.h"

/*
 * Whether a process is a libvirt daemon that runs qemu hooks (libvirtd, virtqemud). Returns 1 and *ret_start, its
 * start time in clock ticks since boot, or 0 when it is another program or gone, or -errno.
 */
int daemon_probe(const struct host *host, pid_t pid, uint64_t *ret_start);
