/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: the processors and the memory of a host: cores, the last-level caches that they share, NUMA nodes. It says
 * nothing of models of processors: what counts is in here. A value, though a large one: keep it off the stack.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/cpuset.h"

#define TOPOLOGY_CORES_MAX  CPUS_MAX
#define TOPOLOGY_CACHES_MAX 512
#define TOPOLOGY_NODES_MAX  128
#define CORE_THREADS_MAX    8

/* Ascending, each once; those that are online. */
struct core {
	unsigned int n_cpus;
	unsigned int cpus[CORE_THREADS_MAX];
	unsigned int cache, node; /* indices */
	bool efficient;           /* one of the small cores of a hybrid processor */
};

/* An L3, with the cores that share it; where the host has none or tells of none, all cores of a node's package. */
struct cache {
	uint64_t size; /* bytes, 0: not told */
	unsigned int node;
};

/* Sizes of huge pages that VMs are given, in bytes. */
#define PAGE_2M (2ULL << 20)
#define PAGE_1G (1ULL << 30)

#define MEMORY_UNKNOWN UINT64_MAX

/* One with CPUs; memory alone makes no node here. */
struct node_memory {
	unsigned int number;       /* the kernel's */
	uint64_t size;             /* bytes; MEMORY_UNKNOWN: not told */
	uint64_t free_2m, free_1g; /* huge pages, in pages */
};

struct topology {
	bool is_amd; /* AMD's processors, and Hygon's */
	/* By their first CPU. */
	unsigned int n_cores;
	struct core cores[TOPOLOGY_CORES_MAX];
	unsigned int n_caches;
	struct cache caches[TOPOLOGY_CACHES_MAX];
	/* By number. */
	unsigned int n_nodes;
	struct node_memory nodes[TOPOLOGY_NODES_MAX];
};

/* The index of the node with a number, or -1. */
int topology_find_node(const struct topology *topology, int number);

/* Its CPUs. */
struct cpuset core_cpus(const struct core *core);

/* The memory of all nodes, in bytes; MEMORY_UNKNOWN when one of them does not tell. */
uint64_t topology_memory(const struct topology *topology);
