/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: signs that functions are at work (model/activity.h), from sysfs, procfs and debugfs. Takes no lock of a device
 * and runs no program; what takes another lock of a driver, or opens a disk, is asked for with a deadline.
 */
#pragma once

#include "host/host.h"
#include "model/activity.h"

#define ACTIVITY_DEADLINE_MS 10000

/*
 * Looks at every function of the inventory; one that is gone is idle. Disks and interfaces of a function that carries
 * the host already (probe/critical.h) are not told of again. Returns 0; KERNEL_STUCK, -EBADMSG for what no kernel
 * writes, -errno: then not everything is known.
 */
int activity_probe(const struct host *host, const struct inventory *inventory, struct activity *ret);
