// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/scan.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

int listing_next(struct listing *listing, const char **ret)
{
	const struct dirent64 *entry;

	if (listing->at == listing->n) {
		ssize_t n = getdents64(listing->fd, listing->buffer, listing->size);

		if (n <= 0)
			return n < 0 ? -errno : 0;
		listing->n = (size_t)n;
		listing->at = 0;
	}
	entry = (const struct dirent64 *)(const void *)(listing->buffer + listing->at);
	listing->at += entry->d_reclen;
	*ret = entry->d_name;
	return 1;
}

pid_t listing_number(const char *name)
{
	pid_t number = 0;

	if (!*name)
		return -1;
	for (; *name; name++) {
		if (*name < '0' || *name > '9' || number > (INT_MAX - 9) / 10)
			return -1;
		number = number * 10 + (*name - '0');
	}
	return number;
}

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
