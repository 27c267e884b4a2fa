// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/disk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "model/node.h"

/* Whether a disk is made of it: 1, 0, -errno. */
static int has_holders(const struct below *below)
{
	const struct dirent *entry;
	DIR *list;
	int r = beneath_list(below->directory, "holders", &list);

	if (r < 0)
		return attribute_is_gone(r) ? 0 : r;
	while (r == 0 && (errno = 0, entry = readdir(list)))
		r = entry->d_name[0] != '.';
	if (r == 0)
		r = -errno;
	closedir(list);
	return r;
}

/* A disk whose partition is claimed is claimed as well, and each partition of a disk that is claimed as a whole. */
static bool has_partitions(const struct below *below)
{
	char path[sizeof(((struct dirent *)0)->d_name) + sizeof("/partition")], value[16];
	const struct dirent *entry;
	bool found = false;
	DIR *list;

	if (beneath_list(below->directory, ".", &list) < 0)
		return false;
	while (!found && (entry = readdir(list))) {
		(void)snprintf(path, sizeof(path), "%s/partition", entry->d_name);
		found = entry->d_name[0] != '.' && attribute_read(below->directory, path, value, sizeof(value)) > 0;
	}
	closedir(list);
	return found;
}

int disk_probe(const struct host *host, const struct below *below, int deadline_ms)
{
	uint32_t major_number, minor_number;
	char name[NODE_NAME_SIZE];
	int r;

	r = below_read_device(below, &major_number, &minor_number);
	if (r < 0)
		return r == -ENOENT ? DISK_FREE : r;
	r = has_holders(below);
	if (r != 0)
		return r < 0 ? r : DISK_PART;
	if (has_partitions(below))
		return DISK_FREE;
	below_name(below, major_number, name, sizeof(name));
	r = host->kernel->block_is_claimed(host, name, makedev(major_number, minor_number), deadline_ms);
	if (r == KERNEL_STUCK)
		return r;
	if (r < 0)
		return r == -ENOENT ? DISK_FREE : DISK_UNTOLD;
	return r ? DISK_CLAIMED : DISK_FREE;
}
