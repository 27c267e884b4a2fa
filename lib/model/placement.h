/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: what a VM wishes of a host's processors and memory, and the place in them that it gets. Values, though large
 * ones: keep them off the stack.
 */
#pragma once

#include "model/notes.h"
#include "model/pinning.h"
#include "model/topology.h"

#define PLACEMENT_NODES_MAX 16

struct wish {
	unsigned int n_vcpus;    /* 0: as many as are good */
	bool exact;              /* no other number will do: the VM is there already */
	unsigned int most_vcpus; /* no more than these in its place; 0: any number */
	uint64_t memory;         /* bytes; 0: as much as is good */
	uint64_t page_size;      /* bytes, of huge pages; 0 for the host's small ones */
	/* The nodes of the cards, the kernel's numbers, each once; none: not told, or no card. */
	unsigned int n_nodes;
	unsigned int nodes[PLACEMENT_NODES_MAX];
};

/* A part of the guest on one node of the host: vCPUs in a row, and memory. */
struct cell {
	unsigned int node; /* the kernel's number */
	unsigned int first_vcpu, n_vcpus;
	uint64_t memory; /* bytes */
};

struct placement {
	bool is_pinned; /* else only n_vcpus and memory count */
	struct pinning pinning;
	uint64_t memory;                   /* bytes */
	unsigned int dies, cores, threads; /* of one socket, as the guest sees them: n_vcpus is their product */
	bool has_host_caches;              /* what CPUID says of the host's caches is true of the guest, too */
	unsigned int n_cells;              /* one: the guest sees no nodes */
	struct cell cells[PLACEMENT_NODES_MAX];
	struct notes reasons;  /* why each choice was made */
	struct notes given_up; /* what of the wish was not to be had */
};

/* The cell on a node, the kernel's number; -1 where there is none, and for a node below 0, which is not told. */
int placement_find_cell(const struct placement *placement, int node);
