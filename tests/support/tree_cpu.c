// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/tree_cpu.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"

#define CPUS_MAX 2048
#define CPU      "sys/devices/system/cpu"
#define NODE     "sys/devices/system/node"

struct cpu {
	int number, node, socket, core, l3, l3_kb; /* l3: -1 for none known */
	const char *type;                          /* P, E, LP, or NULL */
};

struct topology {
	unsigned int n_cpus;
	struct cpu cpus[CPUS_MAX];
	int last; /* the highest number */
};

struct set {
	bool has[CPUS_MAX];
};

/* The list form of the kernel's bitmaps: 0-3,8 */
static void put_list(int root, const char *path, const struct set *set)
{
	char text[CPUS_MAX * 5] = "";
	size_t n = 0;

	for (int i = 0; i < CPUS_MAX; i++) {
		int first = i;

		if (!set->has[i])
			continue;
		while (i + 1 < CPUS_MAX && set->has[i + 1])
			i++;
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, first == i ? "%s%d" : "%s%d-%d", n ? "," : "", first, i);
	}
	put_text(root, path, "%s\n", text);
}

/* Its mask form: words of 32 bits, the highest first. */
static void put_mask(int root, const char *path, const struct set *set, int last)
{
	char text[CPUS_MAX / 32 * 9 + 1] = "";
	size_t n = 0;

	for (int word = last / 32; word >= 0; word--) {
		uint32_t bits = 0;

		for (int bit = 0; bit < 32; bit++)
			bits |= (uint32_t)set->has[32 * word + bit] << bit;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%08x", n ? "," : "", bits);
	}
	put_text(root, path, "%s\n", text);
}

static bool same_core(const struct cpu *a, const struct cpu *b)
{
	return a->socket == b->socket && a->core == b->core;
}

static bool same_socket(const struct cpu *a, const struct cpu *b)
{
	return a->socket == b->socket;
}

static bool same_l3(const struct cpu *a, const struct cpu *b)
{
	return a->l3 == b->l3;
}

static bool same_node(const struct cpu *a, const struct cpu *b)
{
	return a->node == b->node;
}

static void find_set(const struct topology *topology, const struct cpu *cpu,
	bool (*same)(const struct cpu *, const struct cpu *), struct set *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned int i = 0; i < topology->n_cpus; i++)
		ret->has[topology->cpus[i].number] = same(cpu, &topology->cpus[i]);
}

static void put_topology(int root, const struct topology *topology, const struct cpu *cpu)
{
	static const struct {
		const char *name;
		bool (*same)(const struct cpu *, const struct cpu *);
	} sets[] = {
		{ "thread_siblings", same_core },
		{ "core_cpus", same_core },
		{ "core_siblings", same_socket },
		{ "package_cpus", same_socket },
		{ "die_cpus", same_socket },
	};
	char path[128];
	struct set set;

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		find_set(topology, cpu, sets[i].same, &set);
		(void)snprintf(path, sizeof(path), CPU "/cpu%d/topology/%s_list", cpu->number, sets[i].name);
		put_list(root, path, &set);
		(void)snprintf(path, sizeof(path), CPU "/cpu%d/topology/%s", cpu->number, sets[i].name);
		put_mask(root, path, &set, topology->last);
	}
	(void)snprintf(path, sizeof(path), CPU "/cpu%d/topology/core_id", cpu->number);
	put_text(root, path, "%d\n", cpu->core);
	(void)snprintf(path, sizeof(path), CPU "/cpu%d/topology/physical_package_id", cpu->number);
	put_text(root, path, "%d\n", cpu->socket < 0 ? 0 : cpu->socket);
	(void)snprintf(path, sizeof(path), CPU "/cpu%d/topology/die_id", cpu->number);
	put_text(root, path, "0\n");
	(void)snprintf(path, sizeof(path), CPU "/cpu%d/online", cpu->number);
	put_text(root, path, "1\n");
}

static void put_cache(int root, const struct topology *topology, const struct cpu *cpu)
{
	const struct {
		const char *name;
		char value[32];
	} texts[] = {
		{ "level", "3" },
		{ "type", "Unified" },
		{ "coherency_line_size", "64" },
	};
	char path[128];
	struct set set;

	if (cpu->l3 < 0)
		return;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)snprintf(path, sizeof(path), CPU "/cpu%d/cache/index3/%s", cpu->number, texts[i].name);
		put_text(root, path, "%s\n", texts[i].value);
	}
	(void)snprintf(path, sizeof(path), CPU "/cpu%d/cache/index3/id", cpu->number);
	put_text(root, path, "%d\n", cpu->l3);
	(void)snprintf(path, sizeof(path), CPU "/cpu%d/cache/index3/size", cpu->number);
	put_text(root, path, "%dK\n", cpu->l3_kb > 0 ? cpu->l3_kb : 32768);
	find_set(topology, cpu, same_l3, &set);
	(void)snprintf(path, sizeof(path), CPU "/cpu%d/cache/index3/shared_cpu_list", cpu->number);
	put_list(root, path, &set);
	(void)snprintf(path, sizeof(path), CPU "/cpu%d/cache/index3/shared_cpu_map", cpu->number);
	put_mask(root, path, &set, topology->last);
}

/* Memory is not recorded: 32 GiB a node, no huge pages yet. */
static void put_memory(int root, int node)
{
	static const int sizes[] = { 2048, 1048576 };
	static const char *const counters[] = { "nr_hugepages", "free_hugepages", "surplus_hugepages" };
	char path[128];

	(void)snprintf(path, sizeof(path), NODE "/node%d/meminfo", node);
	put_text(root, path, "Node %d MemTotal: 33554432 kB\nNode %d MemFree: 30000000 kB\n", node, node);
	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < 3; j++) {
			(void)snprintf(path, sizeof(path), NODE "/node%d/hugepages/hugepages-%dkB/%s", node, sizes[i],
				counters[j]);
			put_text(root, path, "0\n");
		}
	}
}

static void put_node(int root, const struct topology *topology, const struct cpu *first, const struct set *nodes)
{
	char path[128], target[128], distance[CPUS_MAX * 4] = "";
	struct set set;
	size_t n = 0;

	find_set(topology, first, same_node, &set);
	(void)snprintf(path, sizeof(path), NODE "/node%d/cpulist", first->node);
	put_list(root, path, &set);
	(void)snprintf(path, sizeof(path), NODE "/node%d/cpumap", first->node);
	put_mask(root, path, &set, topology->last);
	for (int i = 0; i < CPUS_MAX; i++) {
		if (nodes->has[i])
			n += (size_t)snprintf(
				distance + n, sizeof(distance) - n, "%s%d", n ? " " : "", i == first->node ? 10 : 21);
	}
	(void)snprintf(path, sizeof(path), NODE "/node%d/distance", first->node);
	put_text(root, path, "%s\n", distance);
	put_memory(root, first->node);
	for (int i = 0; i < CPUS_MAX; i++) {
		if (!set.has[i])
			continue;
		(void)snprintf(path, sizeof(path), NODE "/node%d/cpu%d", first->node, i);
		(void)snprintf(target, sizeof(target), CPU "/cpu%d", i);
		put_link(root, path, target);
		(void)snprintf(path, sizeof(path), CPU "/cpu%d/node%d", i, first->node);
		(void)snprintf(target, sizeof(target), NODE "/node%d", first->node);
		put_link(root, path, target);
	}
}

/* Hybrid processors have a PMU for each kind of core. */
static void put_kinds(int root, const struct topology *topology)
{
	static const char *const kinds[][2] = { { "P", "cpu_core" }, { "E", "cpu_atom" }, { "LP", "cpu_lowpower" } };
	char path[64];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct set set = { 0 };
		bool any = false;

		for (unsigned int j = 0; j < topology->n_cpus; j++) {
			if (topology->cpus[j].type && strcmp(topology->cpus[j].type, kinds[i][0]) == 0)
				any = set.has[topology->cpus[j].number] = true;
		}
		(void)snprintf(path, sizeof(path), "sys/devices/%s/cpus", kinds[i][1]);
		if (any)
			put_list(root, path, &set);
	}
}

static void read_topology(json_object *array, struct topology *ret)
{
	for (size_t i = 0; i < json_object_array_length(array) && ret->n_cpus < CPUS_MAX; i++) {
		json_object *record = json_object_array_get_idx(array, i);
		struct cpu *cpu = &ret->cpus[ret->n_cpus++];

		*cpu = (struct cpu){
			.number = record_number(record, "cpu", 0),
			.node = record_number(record, "node", 0),
			.socket = record_number(record, "socket", -1),
			.l3 = record_number(record, "l3", -1),
			.l3_kb = record_number(record, "l3_kb", 0),
			.type = record_text(record, "type"),
		};
		/* A core that the record does not know is a core of its own. */
		cpu->core = record_number(record, "core", 4096 + cpu->number);
		ret->last = cpu->number > ret->last ? cpu->number : ret->last;
	}
}

void tree_write_cpus(int root, json_object *array)
{
	static const char *const cpu_lists[] = { "online", "possible", "present" };
	static const char *const node_lists[] = { "online", "possible", "has_cpu", "has_memory" };
	static struct topology topology;
	struct set cpus = { 0 }, nodes = { 0 };
	char path[64];

	memset(&topology, 0, sizeof(topology));
	read_topology(array, &topology);
	for (unsigned int i = 0; i < topology.n_cpus; i++) {
		cpus.has[topology.cpus[i].number] = true;
		nodes.has[topology.cpus[i].node] = true;
		put_topology(root, &topology, &topology.cpus[i]);
		put_cache(root, &topology, &topology.cpus[i]);
	}
	for (size_t i = 0; i < sizeof(cpu_lists) / sizeof(cpu_lists[0]); i++) {
		(void)snprintf(path, sizeof(path), CPU "/%s", cpu_lists[i]);
		put_list(root, path, &cpus);
	}
	for (size_t i = 0; i < sizeof(node_lists) / sizeof(node_lists[0]); i++) {
		(void)snprintf(path, sizeof(path), NODE "/%s", node_lists[i]);
		put_list(root, path, &nodes);
	}
	for (unsigned int i = 0; i < topology.n_cpus; i++) {
		/* Each node once, by its first CPU. */
		if (nodes.has[topology.cpus[i].node]) {
			struct set all = nodes;

			for (unsigned int j = 0; j < topology.n_cpus; j++)
				all.has[topology.cpus[j].node] = true;
			put_node(root, &topology, &topology.cpus[i], &all);
			nodes.has[topology.cpus[i].node] = false;
		}
	}
	put_kinds(root, &topology);
}
