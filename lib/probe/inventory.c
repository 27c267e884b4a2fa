// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/inventory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/fd.h"

/* A directory whose entries are named by address. */
static int for_each_address(const struct host *host, const char *path,
	int (*visit)(const struct host *, struct address, struct inventory *), struct inventory *inventory)
{
	struct dirent *entry;
	DIR *list;
	int r;

	r = beneath_list(host->sys, path, &list);
	if (r < 0)
		return r;
	while (r >= 0 && (errno = 0, entry = readdir(list))) {
		struct address address;

		if (address_parse(entry->d_name, &address) == 0)
			r = visit(host, address, inventory);
	}
	if (r >= 0)
		r = -errno;
	closedir(list);
	return r;
}

/* One function, once. */
static int add_function(const struct host *host, struct address address, struct inventory *inventory)
{
	struct function function;
	int r;

	if (inventory_find(inventory, address))
		return 0;
	r = function_probe(host, address, &function);
	if (r < 0)
		return r;
	return inventory_put(inventory, &function);
}

/* A member of a group may leave between the listing and the look: it is then in no group any more. */
static int add_member(const struct host *host, struct address address, struct inventory *inventory)
{
	int r = add_function(host, address, inventory);

	return r == -ENOENT ? 0 : r;
}

static int add_group(const struct host *host, int group, struct inventory *inventory)
{
	char path[64];
	int r;

	if (group < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "kernel/iommu_groups/%d/devices", group);
	r = for_each_address(host, path, add_member, inventory);
	/* A group that a function is in, and that has no list of members, is no group without strangers. */
	return r == -ENOENT ? -EIO : r;
}

int inventory_probe(const struct host *host, struct address address, struct inventory *inventory)
{
	struct address sibling = address;
	int r;

	r = add_function(host, address, inventory);
	if (r < 0)
		return r;
	for (sibling.function = 0; sibling.function < SLOT_FUNCTIONS; sibling.function++) {
		r = add_member(host, sibling, inventory);
		if (r < 0)
			return r;
	}
	for (sibling.function = 0; sibling.function < SLOT_FUNCTIONS; sibling.function++) {
		const struct function *function = inventory_find(inventory, sibling);

		r = function ? add_group(host, function->iommu_group, inventory) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_display(const struct host *host, struct address address, struct inventory *inventory)
{
	struct function function;
	bool may_be;
	int r;

	/* Of the many that are none, one attribute says so. */
	r = function_may_be_display(host, address, &may_be);
	if (r >= 0 && !may_be)
		return 0;
	if (r >= 0)
		r = function_probe(host, address, &function);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (!function_is_display(&function))
		return 0;
	r = inventory_probe(host, address, inventory);
	return r == -ENOENT ? 0 : r;
}

int inventory_probe_displays(const struct host *host, struct inventory *inventory)
{
	return for_each_address(host, "bus/pci/devices", add_display, inventory);
}

int inventory_probe_overrides(const struct host *host, struct address address, struct inventory *inventory)
{
	const struct function *named = inventory_find(inventory, address);
	int r = named ? 0 : -ENOENT;

	for (unsigned int i = 0; i < inventory->n_functions && r == 0; i++) {
		struct function *function = &inventory->functions[i];

		if (function->iommu_group == named->iommu_group && address_same_slot(function->address, address))
			r = function_probe_override(host, function);
	}
	return r;
}
