/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the memory of a NUMA node, and how much of it lies in blocks that huge pages could be made of
 * (Documentation/filesystems/proc.rst, "buddyinfo"; Documentation/ABI/stable/sysfs-devices-node).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "host/host.h"

struct node_free {
	uint64_t total_kib, free_kib;
	/* Of the free memory, what could become pages of the size asked for at once; only where the host tells. */
	bool has_blocks;
	uint64_t blocks_kib;
};

/* Fills *ret of a node, for huge pages of that size. Returns 0; -ENOENT where the node does not tell; -errno. */
int node_free_probe(const struct host *host, unsigned int node, uint64_t page_kib, struct node_free *ret);

/* The number of "Node 0 MemTotal: 4 kB" by its key, "MemTotal". Returns 0, or -EINVAL when it is not there. Pure. */
int node_meminfo_parse(const char *text, const char *key, uint64_t *ret_kib);

/*
 * Of all zones of a node in /proc/buddyinfo, what is free: how much, and how much of it in blocks of the size asked for
 * and larger ones. The size of a page comes from what the node says is free (x86 has 4 KiB, ARM and POWER also 16 and
 * 64). Returns 0, -EINVAL when the node is not there. Pure.
 */
int buddyinfo_parse(const char *text, unsigned int node, uint64_t free_kib, uint64_t page_kib, uint64_t *ret_kib);
