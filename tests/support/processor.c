// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/processor.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDED "tests/hosts/cpu"

#define PARTS_MAX 24

/* Cores that share an L3. */
struct part {
	unsigned int node, socket, n_cores, n_threads, l3_kb;
	const char *type; /* P, E, or NULL */
	bool joined;      /* shares the L3 of the part before it */
};

static const struct {
	const char *name;
	bool adjacent; /* the siblings of a core have numbers in a row; else those of all second ones come last */
	unsigned int repeated; /* the first part, so many times, half of them in socket and node 1 */
	struct part parts[PARTS_MAX];
} made_up[] = {
	/* Two EPYC 9654: 24 L3 of 8 cores each, 384 CPUs. */
	{ "epyc-9654-2s", .repeated = 24, .parts = { { 0, 0, 8, 2, 32768, NULL, false } } },
	/* Core 0 is one of those with the V-Cache; its twin with the other half first. */
	{ "ryzen9-7950x3d", .parts = { { 0, 0, 8, 2, 98304, NULL, false }, { 0, 0, 8, 2, 32768, NULL, false } } },
	{ "x3d-second", .parts = { { 0, 0, 8, 2, 32768, NULL, false }, { 0, 0, 8, 2, 98304, NULL, false } } },
	{ "ryzen9-9950x3d-adjacent", .adjacent = true,
		.parts = { { 0, 0, 8, 2, 98304, NULL, false }, { 0, 0, 8, 2, 32768, NULL, false } } },
	{ "ryzen9-5900x", .parts = { { 0, 0, 6, 2, 32768, NULL, false }, { 0, 0, 6, 2, 32768, NULL, false } } },
	{ "i9-14900k", .adjacent = true,
		.parts = { { 0, 0, 8, 2, 36864, "P", false }, { 0, 0, 16, 1, 36864, "E", true } } },
	/* Small cores between the large ones, and no siblings. */
	{ "ultra9-285k", .parts = { { 0, 0, 2, 1, 36864, "P", false }, { 0, 0, 4, 1, 36864, "E", true },
				 { 0, 0, 2, 1, 36864, "P", true }, { 0, 0, 4, 1, 36864, "E", true },
				 { 0, 0, 2, 1, 36864, "P", true }, { 0, 0, 4, 1, 36864, "E", true },
				 { 0, 0, 2, 1, 36864, "P", true }, { 0, 0, 4, 1, 36864, "E", true } } },
	{ "ryzen5-5600", .parts = { { 0, 0, 6, 2, 32768, NULL, false } } },
	{ "i5-9400", .parts = { { 0, 0, 6, 1, 9216, NULL, false } } },
	{ "two-cores", .parts = { { 0, 0, 2, 2, 4096, NULL, false } } },
	{ "one-core", .parts = { { 0, 0, 1, 2, 4096, NULL, false } } },
	{ "one-cpu", .parts = { { 0, 0, 1, 1, 4096, NULL, false } } },
	/* The nodes are not alike. */
	{ "uneven-nodes", .parts = { { 0, 0, 4, 2, 16384, NULL, false }, { 1, 1, 12, 2, 32768, NULL, false } } },
};
#define N_MADE_UP (sizeof(made_up) / sizeof(made_up[0]))

static int is_json(const struct dirent *entry)
{
	const char *suffix = strrchr(entry->d_name, '.');

	return suffix && strcmp(suffix, ".json") == 0;
}

unsigned int processor_names(const char *names[PROCESSORS_MAX])
{
	static char *recorded[PROCESSORS_MAX];
	static int n;
	struct dirent **entries;

	if (n == 0) {
		n = scandir(RECORDED, &entries, is_json, alphasort);
		if (n <= 0 || (size_t)n + N_MADE_UP > PROCESSORS_MAX) {
			(void)fprintf(stderr, "cannot list '" RECORDED "': run the tests in the root of the source\n");
			exit(99);
		}
		for (int i = 0; i < n; i++) {
			*strrchr(entries[i]->d_name, '.') = '\0';
			recorded[i] = strdup(entries[i]->d_name);
			free(entries[i]);
		}
		free(entries);
	}
	memcpy(names, recorded, (size_t)n * sizeof(recorded[0]));
	for (size_t i = 0; i < N_MADE_UP; i++)
		names[(size_t)n + i] = made_up[i].name;
	return (unsigned int)n + (unsigned int)N_MADE_UP;
}

static void add_cpu(json_object *array, unsigned int cpu, unsigned int core, unsigned int l3, const struct part *part)
{
	json_object *record = json_object_new_object();

	json_object_object_add(record, "cpu", json_object_new_int((int)cpu));
	json_object_object_add(record, "node", json_object_new_int((int)part->node));
	json_object_object_add(record, "socket", json_object_new_int((int)part->socket));
	json_object_object_add(record, "core", json_object_new_int((int)core));
	json_object_object_add(record, "l3", json_object_new_int((int)l3));
	json_object_object_add(record, "l3_kb", json_object_new_int((int)part->l3_kb));
	if (part->type)
		json_object_object_add(record, "type", json_object_new_string(part->type));
	json_object_array_add(array, record);
}

static unsigned int list_parts(size_t row, struct part parts[PARTS_MAX])
{
	unsigned int n = 0;

	memcpy(parts, made_up[row].parts, sizeof(made_up[row].parts));
	for (; n < made_up[row].repeated; n++) {
		parts[n] = parts[0];
		parts[n].node = parts[n].socket = n >= made_up[row].repeated / 2;
	}
	while (n < PARTS_MAX && parts[n].n_cores)
		n++;
	return n;
}

static json_object *make_up(size_t row)
{
	struct part parts[PARTS_MAX];
	unsigned int n = list_parts(row, parts), n_cores = 0, core = 0, cpu = 0, second = 0;
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < n; i++)
		n_cores += parts[i].n_cores;
	second = n_cores;
	for (unsigned int i = 0, l3 = 0; i < n; i++) {
		l3 += i > 0 && !parts[i].joined;
		for (unsigned int j = 0; j < parts[i].n_cores; j++, core++) {
			add_cpu(array, made_up[row].adjacent ? cpu++ : core, core, l3, &parts[i]);
			if (parts[i].n_threads == 2)
				add_cpu(array, made_up[row].adjacent ? cpu++ : second++, core, l3, &parts[i]);
		}
	}
	return array;
}

json_object *processor_load(const char *name)
{
	json_object *record, *array;
	char path[256];

	for (size_t i = 0; i < N_MADE_UP; i++) {
		if (strcmp(made_up[i].name, name) == 0)
			return make_up(i);
	}
	(void)snprintf(path, sizeof(path), RECORDED "/%s.json", name);
	record = json_object_from_file(path);
	array = record ? json_object_get(json_object_object_get(record, "cpu_topology")) : NULL;
	json_object_put(record);
	return array;
}
