// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/topology.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "host/processors.h"

#define VENDOR_AMD "0x1022"

/* Of "Node 0 MemTotal:       32768 kB", or without the node, in bytes; MEMORY_UNKNOWN when there is no such line. */
static uint64_t find_total(const char *meminfo)
{
	static const char key[] = "MemTotal:";
	const char *found = strstr(meminfo, key);
	uint64_t kib;
	char *end;

	if (!found)
		return MEMORY_UNKNOWN;
	kib = strtoull(found + strlen(key), &end, 10);
	return strncmp(end, " kB", 3) == 0 && kib < UINT64_MAX / 1024 ? kib * 1024 : MEMORY_UNKNOWN;
}

static uint64_t read_number(int directory, const char *path)
{
	char content[32];
	uint64_t number = 0;

	if (attribute_read(directory, path, content, sizeof(content)) > 0)
		(void)text_parse_number(content, 10, UINT64_MAX, &number);
	return number;
}

static void read_node(const struct host *host, struct node_memory *node)
{
	char path[128], content[4096];

	node->size = MEMORY_UNKNOWN;
	(void)snprintf(path, sizeof(path), "devices/system/node/node%u/meminfo", node->number);
	if (attribute_read(host->sys, path, content, sizeof(content)) > 0)
		node->size = find_total(content);
	(void)snprintf(path, sizeof(path), "devices/system/node/node%u/hugepages/hugepages-2048kB/free_hugepages",
		node->number);
	node->free_2m = read_number(host->sys, path);
	(void)snprintf(path, sizeof(path), "devices/system/node/node%u/hugepages/hugepages-1048576kB/free_hugepages",
		node->number);
	node->free_1g = read_number(host->sys, path);
}

/* A kernel without NUMA has no nodes to ask. */
static void read_whole(const struct host *host, struct node_memory *node)
{
	char content[8192];

	if (attribute_read(host->proc, "meminfo", content, sizeof(content)) > 0)
		node->size = find_total(content);
	node->free_2m = read_number(host->sys, "kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
	node->free_1g = read_number(host->sys, "kernel/mm/hugepages/hugepages-1048576kB/free_hugepages");
}

/* The large cores of a hybrid processor have performance counters of their own (Intel's; kernel 5.12 and later). */
static void mark_small(const struct host *host, struct topology *topology)
{
	char content[CPUSET_TEXT_SIZE];
	struct cpuset large;

	if (attribute_read(host->sys, "devices/cpu_core/cpus", content, sizeof(content)) <= 0 ||
		cpuset_parse(content, &large) < 0)
		return;
	for (unsigned int i = 0; i < topology->n_cores; i++)
		topology->cores[i].efficient = !cpuset_has(&large, topology->cores[i].cpus[0]);
}

int topology_probe(const struct host *host, const char *sysroot, struct topology *ret)
{
	char vendor[16];
	int r = processors_load(sysroot, ret);

	if (r < 0)
		return r;
	for (unsigned int i = 0; i < ret->n_nodes; i++)
		read_node(host, &ret->nodes[i]);
	if (ret->n_nodes == 1 && ret->nodes[0].size == MEMORY_UNKNOWN)
		read_whole(host, &ret->nodes[0]);
	mark_small(host, ret);
	/* Records have no /proc/cpuinfo. The host bridge is part of the processor. */
	if (attribute_read(host->sys, "bus/pci/devices/0000:00:00.0/vendor", vendor, sizeof(vendor)) > 0 &&
		strcmp(vendor, VENDOR_AMD) == 0)
		ret->is_amd = true;
	return 0;
}
