/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: huge pages of a NUMA node of the host (Documentation/admin-guide/mm/hugetlbpage.rst). A value. */
#pragma once

#include <stdint.h>

struct pool_id {
	unsigned int node; /* the kernel's number */
	uint64_t page_kib;
};

/* "node1/hugepages/hugepages-2048kB", its directory below devices/system/node. */
#define POOL_ID_SIZE 64

void pool_id_text(struct pool_id id, char text[POOL_ID_SIZE]);

/* Returns 0, or -EINVAL for anything but such a text. */
int pool_id_parse(const char *text, struct pool_id *ret);

struct pool {
	unsigned int node;
	uint64_t page_kib;
	/* Pages. Surplus ones are in use beyond the total, what the pool is to have, and go when they are freed. */
	uint64_t total, free, surplus;
};

#define POOLS_MAX 512

struct pools {
	uint64_t default_kib;  /* the size of a page when none is said; 0: the host has none */
	uint64_t reserved_kib; /* promised to a process, and not yet taken from any node, of the default size */
	unsigned int n_pools;
	struct pool pools[POOLS_MAX]; /* by node, then by size */
};
