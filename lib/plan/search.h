/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: which cores of the host a VM gets. For the files of place() alone.
 *
 * Tried in this order, for the number of vCPUs that is wished, then with a core for each of them, then for the next
 * numbers: with a core that is the emulator's alone, then with the emulator on the host's core; each time on the nodes
 * of all cards, on one node, on two, and so on; each time in as few caches as can have equal parts of it.
 */
#pragma once

#include "model/placement.h"

struct search {
	unsigned int n_vcpus, threads; /* threads of a core as the guest sees them */
	unsigned int n_cores;
	unsigned int cores[TOPOLOGY_CORES_MAX]; /* indices: node by node, cache by cache, ascending */
	unsigned int n_groups;                  /* caches, as the guest sees them */
	unsigned int emulator;                  /* index of the core; 0 is the host's own */
	bool spread;                            /* each vCPU has a core for itself */
	bool uneven;                            /* more caches, in parts that are not equal */
	bool is_hybrid;                         /* small cores were left out */
};

/* What of a node's memory can be a VM's, in bytes: the host keeps a little. MEMORY_UNKNOWN where the size is not told.
 */
uint64_t node_usable(const struct node_memory *node);

/* Whether a cache is one that was made larger than its peers by stacking. */
bool search_is_stacked(const struct topology *topology, const struct cache *cache);

/*
 * Finds the cores for a wish whose memory is set. Without a number of vCPUs it takes as many as one cache has, up to
 * default_cores cores. Returns false when there is no place.
 */
bool search_run(
	const struct topology *topology, const struct wish *wish, unsigned int default_cores, struct search *ret);
