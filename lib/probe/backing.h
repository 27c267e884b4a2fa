/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: what the memory of a guest is made of, cell by cell: pages and nodes of the host, of a domain's XML
 * (https://libvirt.org/formatdomain.html, "Memory Backing", "NUMA Node Tuning", "Guest NUMA topology"). For
 * probe/needs.c alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <libxml/tree.h>

#include "model/cpuset.h"
#include "model/refusal.h"

/* QEMU's MAX_NODES (include/sysemu/numa.h): no guest has more. */
#define GUEST_CELLS_MAX 128

struct backing {
	bool has_page, has_nodes; /* said */
	uint64_t page_kib;        /* 0: the default size */
	struct cpuset nodes;      /* of the host; empty: any */
};

struct guest_cell {
	bool is_there;
	uint64_t kib;
	struct backing backing;
};

/* Without cells, all of the memory is in one place, which no page and no node can name. Keep it off the stack. */
struct memory {
	struct backing common; /* of what has none of its own */
	unsigned int n_cells;
	struct guest_cell cells[GUEST_CELLS_MAX];
};

/*
 * Reads <memoryBacking>, the cells of <cpu>, and <numatune>. Of pages, the first that names a cell is its own, and the
 * last that names none the common one, as in libvirt's qemuBuildMemoryBackendProps(). *ret is all zero before. Returns
 * 0; -ECANCELED with the refusal filled, and *ret half done.
 */
int memory_read(const xmlNode *root, struct memory *ret, struct refusal *refusal);

/* Of a cell; of a number that no cell has, the common one. */
struct backing memory_backing(const struct memory *memory, uint64_t cell);
