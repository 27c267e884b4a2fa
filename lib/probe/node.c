// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/node.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "probe/below.h"
#include "probe/console.h"
#include "probe/nvidia.h"

#define VFIO_PCI "vfio-pci"

struct search {
	const struct host *host;
	const struct function *function;
	struct nodes *nodes;
};

static void set_name(struct node *node, const struct below *below)
{
	(void)snprintf(node->name, sizeof(node->name), "/dev/");
	below_name(below, node->major, node->name + strlen("/dev/"), sizeof(node->name) - strlen("/dev/"));
}

static int visit_device(void *data, const struct below *below)
{
	const struct search *search = data;
	struct node node = { .reach = NODE_DIRECT, .owner = search->function->address };
	int r;

	r = below_read_device(below, &node.major, &node.minor);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	node.block = strcmp(below->subsystem, "block") == 0;
	set_name(&node, below);
	r = nodes_add(search->nodes, &node);
	if (r < 0 || strcmp(below->subsystem, "graphics") != 0)
		return r;
	return console_add_nodes(search->host, node.minor, node.owner, search->nodes);
}

/* VFIO's own name for a group without an IOMMU has a prefix (drivers/vfio/group.c). */
static int add_group(const struct search *search, const char *prefix)
{
	struct node node = { .reach = NODE_DIRECT, .owner = search->function->address };
	char path[64];
	struct below group = { .subsystem = "vfio" };
	int directory CLOSE_FD = -1, r;

	(void)snprintf(path, sizeof(path), "class/vfio/%s%d", prefix, search->function->iommu_group);
	directory = beneath_open(search->host->sys, path, O_PATH | O_DIRECTORY, 0);
	if (directory < 0)
		return directory == -ENOENT ? 0 : directory;
	group.directory = directory;
	group.name = strrchr(path, '/') + 1;
	r = below_read_device(&group, &node.major, &node.minor);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	set_name(&node, &group);
	return nodes_add(search->nodes, &node);
}

static int add_vfio(const struct search *search)
{
	const struct function *function = search->function;
	int r;

	if (function->iommu_group < 0 || !(function->is_variant || strcmp(function->driver, VFIO_PCI) == 0))
		return 0;
	r = add_group(search, "");
	return r < 0 ? r : add_group(search, "noiommu-");
}

int node_probe(const struct host *host, const struct inventory *inventory, struct nodes *ret)
{
	struct search search = { .host = host, .nodes = ret };
	int r;

	ret->n_nodes = 0;
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		search.function = &inventory->functions[i];
		r = below_walk(host, search.function->address, visit_device, &search);
		if (r == -ENOENT)
			continue;
		if (r == 0)
			r = add_vfio(&search);
		if (r < 0)
			return r;
	}
	return nvidia_add_nodes(host, inventory, ret);
}
