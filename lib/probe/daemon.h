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

/*
 * Whether libvirt keeps the state file of a running domain, /run/libvirt/qemu/NAME.xml: from before QEMU opens a device
 * until after libvirt itself has reset it. While it is there release is still to come, from the next daemon if this one
 * is gone. Returns 1, 0, or -errno.
 */
int daemon_keeps_domain(const struct host *host, const char *name);
