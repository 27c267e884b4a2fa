// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/resources.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/json.h"
#include "probe/knobs.h"
#include "probe/pool.h"
#include "probe/vm.h"

/* A VM whose memory cannot be looked at in that time is left out. */
#define RESIDENT_DEADLINE_MS 5000

void resources_note(struct resources *resources, const struct journal *journal)
{
	const struct plan *plan = &journal->plan;
	struct memory *memory = &resources->memories[resources->n_memories];

	if (journal->kind != JOURNAL_DOMAIN || journal->state == JOURNAL_RETURNING ||
		resources->claims.n_claims == CLAIMS_MAX || resources->n_memories == CLAIMS_MAX)
		return;
	if (plan->has_claim) {
		struct claim *claim = &resources->claims.claims[resources->claims.n_claims++];

		*claim = plan->claim;
		memcpy(claim->name, journal->name, sizeof(claim->name));
	}
	if (!plan->has_claim && plan->orders.n_orders == 0)
		return;
	resources->n_memories++;
	memcpy(memory->name, journal->name, sizeof(memory->name));
	memory->nodes = plan->claim.nodes;
	for (unsigned int i = 0; i < plan->orders.n_orders; i++)
		cpuset_add(&memory->nodes, plan->orders.orders[i].node);
}

void resources_gather(struct resources *resources, const struct host *host)
{
	resources->has_online = online_probe(host, &resources->online) == 0;
	governors_probe(host, &resources->governors);
	if (pools_probe(host, &resources->pools) < 0)
		resources->pools.n_pools = 0;
	for (unsigned int i = 0; i < resources->n_memories; i++) {
		struct memory *memory = &resources->memories[i];
		pid_t qemu;

		memory->seen = qemu_probe(host, memory->name, &qemu) == 0 &&
			       resident_probe(host, qemu, &memory->resident, RESIDENT_DEADLINE_MS) == 0;
	}
}

/* ---- CPUs, of the host (-1) or a claim, with one governor (or -1, those that have none) ---- */

static struct cpuset cpus_of(const struct resources *resources, int claim, int governor)
{
	struct cpuset cpus = resources->online;

	for (unsigned int i = 0; i < resources->claims.n_claims && claim < 0; i++)
		cpuset_remove_all(&cpus, &resources->claims.claims[i].cpus);
	if (claim >= 0)
		cpuset_keep_all(&cpus, &resources->claims.claims[claim].cpus);
	for (unsigned int i = 0; i < resources->governors.n_governors && governor < 0; i++)
		cpuset_remove_all(&cpus, &resources->governors.governors[i].cpus);
	if (governor >= 0)
		cpuset_keep_all(&cpus, &resources->governors.governors[governor].cpus);
	return cpus;
}

static const char *governor_of(const struct resources *resources, int governor)
{
	return governor < 0 ? "" : resources->governors.governors[governor].name;
}

static void add_name(struct text *text, char *buffer, size_t size, const char *name)
{
	text_init(text, buffer, size);
	text_add_foreign(text, name);
}

static void print_cpus(const struct resources *resources, int claim, int governor)
{
	const struct cpuset cpus = cpus_of(resources, claim, governor);
	const char *word = governor_of(resources, governor);
	char name[DOMAIN_NAME_SIZE];
	struct text text;

	if (cpuset_is_empty(&cpus))
		return;
	(void)printf("  %-12s ", cpuset_text(&cpus).s);
	if (claim < 0) {
		(void)printf("free");
	} else {
		add_name(&text, name, sizeof(name), resources->claims.claims[claim].name);
		(void)printf("VM '%s'%s", name, resources->claims.claims[claim].isolate ? ", alone" : "");
	}
	(void)printf("%s%s\n", *word ? ", governor " : "", word);
}

/* Calls it for each owner and each governor. */
static void for_each_cpus(const struct resources *resources, void *data,
	void (*visit)(const struct resources *resources, int claim, int governor, void *data))
{
	for (int claim = -1; claim < (int)resources->claims.n_claims; claim++) {
		for (int governor = -1; governor < (int)resources->governors.n_governors; governor++)
			visit(resources, claim, governor, data);
	}
}

static void visit_print(const struct resources *resources, int claim, int governor, void *data)
{
	(void)data;
	print_cpus(resources, claim, governor);
}

static void visit_describe(const struct resources *resources, int claim, int governor, void *data)
{
	const struct cpuset cpus = cpus_of(resources, claim, governor);
	json_object *array = data, *object;
	char name[DOMAIN_NAME_SIZE];
	struct text text;

	if (cpuset_is_empty(&cpus))
		return;
	add_name(&text, name, sizeof(name), claim < 0 ? "" : resources->claims.claims[claim].name);
	object = json_object_new_object();
	json_object_object_add(object, "cpus", json_object_new_string(cpuset_text(&cpus).s));
	json_object_object_add(object, "domain", json_text_or_null(name));
	json_object_object_add(
		object, "isolated", json_object_new_boolean(claim >= 0 && resources->claims.claims[claim].isolate));
	json_object_object_add(object, "governor", json_text_or_null(governor_of(resources, governor)));
	json_object_array_add(array, object);
}

/* ---- memory ---- */

static void print_pool(const struct pool *pool)
{
	bool gib = pool->page_kib >= 1024 * 1024 && pool->page_kib % (1024 * 1024) == 0;
	bool mib = pool->page_kib >= 1024;

	(void)printf("  node %-3u %" PRIu64 " huge pages of %" PRIu64 " %s, %" PRIu64 " free", pool->node, pool->total,
		pool->page_kib / (gib          ? 1024 * 1024
					 : mib ? 1024
					       : 1),
		gib   ? "GiB"
		: mib ? "MiB"
		      : "KiB",
		pool->free);
	if (pool->surplus)
		(void)printf(", %" PRIu64 " more until they are freed", pool->surplus);
	(void)printf("\n");
}

static void print_memory(const struct memory *memory)
{
	char name[DOMAIN_NAME_SIZE], sentence[256];
	struct text text;

	if (!memory->seen)
		return;
	add_name(&text, name, sizeof(name), memory->name);
	text_init(&text, sentence, sizeof(sentence));
	resident_describe(&text, &memory->resident, &memory->nodes);
	(void)printf("  VM '%s': %s\n", name, sentence);
}

void resources_print(const struct resources *resources)
{
	bool any = resources->n_memories > 0;

	if (resources->has_online) {
		(void)printf("\nCPUs\n");
		for_each_cpus(resources, NULL, visit_print);
	}
	for (unsigned int i = 0; i < resources->pools.n_pools; i++)
		any = any || resources->pools.pools[i].total || resources->pools.pools[i].surplus;
	if (!any)
		return;
	(void)printf("\nmemory\n");
	for (unsigned int i = 0; i < resources->pools.n_pools; i++) {
		if (resources->pools.pools[i].total || resources->pools.pools[i].surplus)
			print_pool(&resources->pools.pools[i]);
	}
	for (unsigned int i = 0; i < resources->n_memories; i++)
		print_memory(&resources->memories[i]);
}

static json_object *describe_pool(const struct pool *pool)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "node", json_object_new_int64(pool->node));
	json_object_object_add(object, "page_kib", json_object_new_uint64(pool->page_kib));
	json_object_object_add(object, "total", json_object_new_uint64(pool->total));
	json_object_object_add(object, "free", json_object_new_uint64(pool->free));
	json_object_object_add(object, "surplus", json_object_new_uint64(pool->surplus));
	return object;
}

static json_object *describe_memory(const struct memory *memory)
{
	json_object *object = json_object_new_object(), *nodes = json_object_new_array();
	char name[DOMAIN_NAME_SIZE];
	struct text text;

	add_name(&text, name, sizeof(name), memory->name);
	json_object_object_add(object, "domain", json_object_new_string(name));
	json_object_object_add(object, "nodes", json_text_or_null(cpuset_text(&memory->nodes).s));
	for (unsigned int i = 0; memory->seen && i < RESIDENT_NODES_MAX; i++) {
		json_object *node;

		if (memory->resident.kib[i] == 0)
			continue;
		node = json_object_new_object();
		json_object_object_add(node, "node", json_object_new_int64(i));
		json_object_object_add(node, "kib", json_object_new_uint64(memory->resident.kib[i]));
		json_object_object_add(node, "huge_kib", json_object_new_uint64(memory->resident.huge_kib[i]));
		json_object_array_add(nodes, node);
	}
	json_object_object_add(object, "resident", nodes);
	return object;
}

void resources_describe(const struct resources *resources, json_object *object)
{
	json_object *cpus = json_object_new_array(), *pools = json_object_new_array();
	json_object *memories = json_object_new_array();

	if (resources->has_online)
		for_each_cpus(resources, cpus, visit_describe);
	for (unsigned int i = 0; i < resources->pools.n_pools; i++)
		json_object_array_add(pools, describe_pool(&resources->pools.pools[i]));
	for (unsigned int i = 0; i < resources->n_memories; i++)
		json_object_array_add(memories, describe_memory(&resources->memories[i]));
	json_object_object_add(object, "cpus", cpus);
	json_object_object_add(object, "huge_pages", pools);
	json_object_object_add(object, "memory", memories);
}
