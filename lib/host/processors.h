/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: cores, caches and nodes of a machine, from hwloc (https://www.open-mpi.org/projects/hwloc/doc/). The memory of
 * the nodes, and which cores are small, are not asked: probe/topology.h adds them. hwloc opens paths below /sys and
 * /proc by itself; a recorded tree is given to it by HWLOC_FSROOT, so this changes the environment of the process: call
 * it before threads are made.
 */
#pragma once

#include "model/topology.h"

/*
 * Has hwloc read the machine below sysroot, or the running one for NULL, whatever the environment says: its sysfs
 * alone, for other parts of hwloc ask the real processor of a recorded one, and open the very cards that nobody shall
 * use. Returns 0, or -errno.
 */
int processors_choose(const char *sysroot);

/*
 * Fills *ret for the machine below sysroot, or the running one for NULL. Returns 0; -ENODATA when that does not tell of
 * its CPUs, -E2BIG when it has more than fit, -errno.
 */
int processors_load(const char *sysroot, struct topology *ret);
