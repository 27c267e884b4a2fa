// SPDX-License-Identifier: GPL-2.0-or-later
/* The huge pages of the fake kernel's nodes. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fake_knobs.h"
#include "tests/support/scratch.h"

#define NODES "devices/system/node/node"
#define WHOLE "kernel/mm/hugepages/hugepages-"

struct pages {
	uint64_t total, free, surplus; /* total has the surplus */
};

static uint64_t count(const struct host *host, const char *directory, const char *name)
{
	char path[PATH_MAX], *text;
	uint64_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	text = get_text(host->sys, path);
	n = text ? strtoull(text, NULL, 10) : 0;
	free(text);
	return n;
}

static struct pages get_pages(const struct host *host, const char *directory)
{
	return (struct pages){
		.total = count(host, directory, "nr_hugepages"),
		.free = count(host, directory, "free_hugepages"),
		.surplus = count(host, directory, "surplus_hugepages"),
	};
}

static void put_pages(const struct host *host, const char *directory, const struct pages *pages)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/nr_hugepages", directory);
	put_text(host->sys, path, "%llu\n", (unsigned long long)pages->total);
	(void)snprintf(path, sizeof(path), "%s/free_hugepages", directory);
	put_text(host->sys, path, "%llu\n", (unsigned long long)pages->free);
	(void)snprintf(path, sizeof(path), "%s/surplus_hugepages", directory);
	put_text(host->sys, path, "%llu\n", (unsigned long long)pages->surplus);
}

/* How many more of that size the node's memory has room for, next to those of all sizes that it has. */
static uint64_t room(const struct host *host, unsigned int node, unsigned int size_kb)
{
	static const unsigned int sizes[] = { 2048, 1048576 };
	const struct fake_kernel *fake = host->kernel_data;
	uint64_t memory = node < FAKE_NODES ? fake->memory_kb[node] : 0;
	uint64_t used = node < FAKE_NODES ? fake->scattered_kb[node] : 0;
	char directory[128];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		(void)snprintf(directory, sizeof(directory), NODES "%u/hugepages/hugepages-%ukB", node, sizes[i]);
		used += count(host, directory, "nr_hugepages") * sizes[i];
		/* Without NUMA all are node 0's; with it, those of all nodes are there too, and are none of its own. */
		(void)snprintf(directory, sizeof(directory), WHOLE "%ukB", sizes[i]);
		used += node == 0 ? count(host, directory, "nr_hugepages") * sizes[i] : 0;
	}
	return used < memory ? (memory - used) / size_kb : 0;
}

/* set_max_huge_pages() in mm/hugetlb.c, of one node. */
int fake_pages_write(const struct host *host, const char *path, const char *value)
{
	const struct fake_kernel *fake = host->kernel_data;
	unsigned int node = 0, size_kb = 0;
	char directory[PATH_MAX];
	struct pages pages;
	uint64_t wanted, lasting, more;

	if (fake_knobs_parse_number(value, &wanted) < 0 ||
		(sscanf(path, WHOLE "%u", &size_kb) != 1 &&
			sscanf(path, NODES "%u/hugepages/hugepages-%ukB", &node, &size_kb) != 2))
		return -EINVAL;
	if (fake->pages_hang)
		return KERNEL_STUCK;
	(void)snprintf(directory, sizeof(directory), "%.*s", (int)(strrchr(path, '/') - path), path);
	pages = get_pages(host, directory);
	for (; pages.surplus > 0 && wanted > pages.total - pages.surplus; pages.surplus--)
		;
	lasting = pages.total - pages.surplus;
	if (wanted > lasting) {
		more = room(host, node, size_kb);
		more = wanted - lasting < more ? wanted - lasting : more;
		pages.total += more;
		pages.free += more;
	}
	for (; wanted < pages.total - pages.surplus && pages.free > 0; pages.free--)
		pages.total--;
	/* Those in use go when they no longer are. */
	for (; wanted < pages.total - pages.surplus;)
		pages.surplus++;
	put_pages(host, directory, &pages);
	return 0;
}

void fake_kernel_use_pages(const struct host *host, unsigned int node, unsigned int size_kb, unsigned int used)
{
	char directory[128];
	struct pages pages;
	uint64_t gone;

	(void)snprintf(directory, sizeof(directory), NODES "%u/hugepages/hugepages-%ukB", node, size_kb);
	pages = get_pages(host, directory);
	gone = pages.total - pages.free > used ? pages.total - pages.free - used : 0;
	gone = gone < pages.surplus ? gone : pages.surplus;
	pages.total -= gone;
	pages.surplus -= gone;
	pages.free = pages.total - used;
	put_pages(host, directory, &pages);
}
