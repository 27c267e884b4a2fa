/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: whether somebody has a disk, or a partition, for himself alone: a mount in whatever namespace, swap, a volume,
 * an array, a pool. The kernel tells whoever opens it likewise (O_EXCL without O_CREAT, open(2)), file systems over
 * several disks included, of which the table of mounts names one.
 */
#pragma once

#include "host/host.h"
#include "probe/below.h"

enum disk_use {
	DISK_FREE,    /* nobody has it, or it has just gone */
	DISK_PART,    /* it is part of another one: of device mapper, md, … */
	DISK_CLAIMED, /* somebody has it, and the kernel does not say who */
	DISK_UNTOLD,  /* it is not for us to open */
};

/*
 * Looks at a device of the subsystem "block". A disk with partitions is free when no disk is made of it: those who have
 * all of it have each of them as well. Returns enum disk_use; KERNEL_STUCK; -EBADMSG for what no kernel writes, -errno.
 */
int disk_probe(const struct host *host, const struct below *below, int deadline_ms);
