// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/scan.h"

#include <string.h>

uint64_t scan_number(mode_t mode, uint32_t major, uint32_t minor)
{
	if (!S_ISCHR(mode) && !S_ISBLK(mode))
		return 0;
	return (uint64_t)S_ISBLK(mode) << 63 | (uint64_t)major << 32 | minor;
}

void scan_match_number(const struct scan *scan, uint64_t number, struct node_set *set)
{
	unsigned int low = 0, high = scan->nodes->n_nodes;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (scan->keys[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < scan->nodes->n_nodes && scan->keys[low].number == number; low++)
		node_set_add(set, scan->keys[low].node);
}

void scan_match_name(const struct scan *scan, const char *name, struct node_set *set)
{
	for (unsigned int i = 0; *name && i < scan->nodes->n_nodes; i++) {
		if (strcmp(scan->nodes->nodes[i].name, name) == 0)
			node_set_add(set, i);
	}
}
