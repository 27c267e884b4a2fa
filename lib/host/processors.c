// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/processors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hwloc.h>

int processors_choose(const char *sysroot)
{
	(void)unsetenv("HWLOC_XMLFILE");
	(void)unsetenv("HWLOC_SYNTHETIC");
	(void)unsetenv("HWLOC_CPUID_PATH");
	/* 2: what it has to say goes to stderr, which is ours. */
	if (setenv("HWLOC_COMPONENTS", "linux,stop", 1) < 0 || setenv("HWLOC_HIDE_ERRORS", "2", 1) < 0)
		return -errno;
	if ((sysroot ? setenv("HWLOC_FSROOT", sysroot, 1) : unsetenv("HWLOC_FSROOT")) < 0)
		return -errno;
	return 0;
}

static int load(hwloc_topology_t topology)
{
	static const hwloc_obj_type_t kept[] = { HWLOC_OBJ_PACKAGE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_CORE };

	if (hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (hwloc_topology_set_type_filter(topology, kept[i], HWLOC_TYPE_FILTER_KEEP_ALL) < 0)
			return -errno;
	}
	/* Nodes hang on them where a package has several. */
	if (hwloc_topology_set_type_filter(topology, HWLOC_OBJ_GROUP, HWLOC_TYPE_FILTER_KEEP_STRUCTURE) < 0)
		return -errno;
	/* A caller who may use a few CPUs alone would see a host of these. */
	if (hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) < 0)
		return -errno;
	/* It fails where there is no CPU to be seen. */
	return hwloc_topology_load(topology) < 0 ? -ENODATA : 0;
}

/* The index of the node that a processor is near, which is added when it is new. */
static int find_node(struct topology *topology, const struct hwloc_obj *pu)
{
	int number = pu->nodeset ? hwloc_bitmap_first(pu->nodeset) : 0;
	int index;

	if (number < 0)
		number = 0;
	index = topology_find_node(topology, number);
	if (index >= 0)
		return index;
	if (topology->n_nodes == TOPOLOGY_NODES_MAX)
		return -E2BIG;
	topology->nodes[topology->n_nodes].number = (unsigned int)number;
	return (int)topology->n_nodes++;
}

/* What the cores of a group share: the L3, or the package where there is none. */
struct sharing {
	const struct hwloc_obj *objects[TOPOLOGY_CACHES_MAX];
};

static int find_cache(hwloc_topology_t source, struct topology *topology, struct sharing *sharing, struct hwloc_obj *pu,
	unsigned int node)
{
	struct hwloc_obj *cache = hwloc_get_ancestor_obj_by_type(source, HWLOC_OBJ_L3CACHE, pu);
	struct hwloc_obj *shared = cache ? cache : hwloc_get_ancestor_obj_by_type(source, HWLOC_OBJ_PACKAGE, pu);

	for (unsigned int i = 0; i < topology->n_caches; i++) {
		if (sharing->objects[i] == shared && topology->caches[i].node == node)
			return (int)i;
	}
	if (topology->n_caches == TOPOLOGY_CACHES_MAX)
		return -E2BIG;
	sharing->objects[topology->n_caches] = shared;
	topology->caches[topology->n_caches] =
		(struct cache){ .size = cache ? cache->attr->cache.size : 0, .node = node };
	return (int)topology->n_caches++;
}

static int add_core(hwloc_topology_t source, struct topology *topology, struct sharing *sharing, struct hwloc_obj *pu)
{
	struct core *core = &topology->cores[topology->n_cores];
	int node, cache;

	if (topology->n_cores == TOPOLOGY_CORES_MAX)
		return -E2BIG;
	node = find_node(topology, pu);
	cache = node < 0 ? node : find_cache(source, topology, sharing, pu, (unsigned int)node);
	if (cache < 0)
		return cache;
	*core = (struct core){ .cache = (unsigned int)cache, .node = (unsigned int)node };
	topology->n_cores++;
	return 0;
}

/* hwloc gives processors core by core. */
static int fill(hwloc_topology_t source, struct topology *topology)
{
	const struct hwloc_obj *last = NULL;
	struct sharing sharing = { 0 };
	int r;

	for (struct hwloc_obj *pu = hwloc_get_next_obj_by_type(source, HWLOC_OBJ_PU, NULL); pu;
		pu = hwloc_get_next_obj_by_type(source, HWLOC_OBJ_PU, pu)) {
		const struct hwloc_obj *object = hwloc_get_ancestor_obj_by_type(source, HWLOC_OBJ_CORE, pu);
		struct core *core;

		if (!object || object != last) {
			r = add_core(source, topology, &sharing, pu);
			if (r < 0)
				return r;
			last = object;
		}
		core = &topology->cores[topology->n_cores - 1];
		if (core->n_cpus == CORE_THREADS_MAX || pu->os_index >= CPUS_MAX)
			return -E2BIG;
		core->cpus[core->n_cpus++] = pu->os_index;
	}
	return topology->n_cores ? 0 : -ENODATA;
}

static int compare_numbers(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int compare_cores(const void *a, const void *b)
{
	const struct core *x = a, *y = b;

	return (x->cpus[0] > y->cpus[0]) - (x->cpus[0] < y->cpus[0]);
}

static void sort(struct topology *topology)
{
	for (unsigned int i = 0; i < topology->n_cores; i++)
		qsort(topology->cores[i].cpus, topology->cores[i].n_cpus, sizeof(unsigned int), compare_numbers);
	qsort(topology->cores, topology->n_cores, sizeof(struct core), compare_cores);
}

static bool is_amd(hwloc_topology_t source)
{
	struct hwloc_obj *package = hwloc_get_obj_by_type(source, HWLOC_OBJ_PACKAGE, 0);
	const char *vendor = package ? hwloc_obj_get_info_by_name(package, "CPUVendor") : NULL;

	return vendor && (strcmp(vendor, "AuthenticAMD") == 0 || strcmp(vendor, "HygonGenuine") == 0);
}

int processors_load(const char *sysroot, struct topology *ret)
{
	hwloc_topology_t source;
	int r = processors_choose(sysroot);

	if (r < 0)
		return r;
	if (hwloc_topology_init(&source) < 0)
		return -ENOMEM;
	memset(ret, 0, sizeof(*ret));
	r = load(source);
	if (r >= 0)
		r = fill(source, ret);
	if (r >= 0) {
		sort(ret);
		ret->is_amd = is_amd(source);
	}
	hwloc_topology_destroy(source);
	return r;
}
