// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/topology.h"

int topology_find_node(const struct topology *topology, int number)
{
	for (unsigned int i = 0; i < topology->n_nodes; i++) {
		if (number >= 0 && topology->nodes[i].number == (unsigned int)number)
			return (int)i;
	}
	return -1;
}

struct cpuset core_cpus(const struct core *core)
{
	struct cpuset set = { 0 };

	for (unsigned int i = 0; i < core->n_cpus; i++)
		cpuset_add(&set, core->cpus[i]);
	return set;
}

uint64_t topology_memory(const struct topology *topology)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < topology->n_nodes; i++) {
		if (topology->nodes[i].size == MEMORY_UNKNOWN)
			return MEMORY_UNKNOWN;
		size += topology->nodes[i].size;
	}
	return size;
}
