/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the CPUs of NUMA nodes (Documentation/ABI/stable/sysfs-devices-node). */
#pragma once

#include "host/host.h"
#include "model/cpuset.h"

/*
 * All CPUs of those nodes that have one of these; all that are online of a kernel without NUMA. Returns 0; -errno where
 * the host tells of neither.
 */
int node_cpus_probe(const struct host *host, const struct cpuset *cpus, struct cpuset *ret);
