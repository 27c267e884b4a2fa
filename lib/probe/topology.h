/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the topology of the host with the memory of its nodes (Documentation/ABI/stable/sysfs-devices-node).
 */
#pragma once

#include "host/host.h"
#include "model/topology.h"

/* Fills *ret. sysroot is that of the host. Returns 0; -ENODATA when the machine does not tell of its CPUs; -errno. */
int topology_probe(const struct host *host, const char *sysroot, struct topology *ret);
