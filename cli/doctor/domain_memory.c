// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether the memory of a domain is to be had: VFIO pins all of it, and huge pages come from nodes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/doctor/domain.h"
#include "plan/pages.h"
#include "probe/pool.h"

#define GIB ((uint64_t)1 << 30)
#define KIB 1024

struct memory_look {
	const struct domain_look *look;
	struct pools pools;
	struct page_orders promised, orders;
};

static void look_size(const struct domain_look *look)
{
	uint64_t host = topology_memory(&look->topology), kib = look->traits.memory_kib;

	if (look->has_topology && host != MEMORY_UNKNOWN && look->domain.n_hostdevs > 0 && kib > host / KIB)
		doctor_report(look->doctor, FINDING_FAIL, look->subject.s, "give it less with 'virsh edit'",
			"its memory is more than the host has, %" PRIu64 " GiB, and VFIO pins all of it", host / GIB);
}

/* Whether a node can have what the domain needs of it, all sizes together, however empty it is. */
static bool look_node(const struct memory_look *memory, const struct node_memory *node)
{
	uint64_t kib = 0;

	for (unsigned int i = 0; i < memory->orders.n_orders; i++) {
		const struct page_order *order = &memory->orders.orders[i];
		uint64_t more;

		if (order->node == node->number && (__builtin_mul_overflow(order->count, order->page_kib, &more) ||
							   __builtin_add_overflow(kib, more, &kib)))
			kib = UINT64_MAX;
	}
	if (node->size == MEMORY_UNKNOWN || kib <= node->size / KIB)
		return true;
	doctor_report(memory->look->doctor, FINDING_FAIL, memory->look->subject.s,
		"give it less memory, or name more nodes in <numatune>, with 'virsh edit'",
		"NUMA node %u can never have its huge pages: they are %" PRIu64 " MiB, and all memory there is %" PRIu64
		" MiB",
		node->number, kib / KIB, node->size / KIB / KIB);
	return false;
}

static bool look_nodes(const struct memory_look *memory)
{
	const struct topology *topology = &memory->look->topology;
	bool good = true;

	for (unsigned int i = 0; memory->look->has_topology && i < topology->n_nodes; i++)
		good = look_node(memory, &topology->nodes[i]) && good;
	return good;
}

/* Where its policy adds them before the start, they need not be there now. */
static void look_free(const struct memory_look *memory)
{
	const struct domain_look *look = memory->look;
	const struct policy policy = policy_merge(&look->domain.policy, &look->doctor->settings.policy);
	struct finding_text missing;
	struct text text;

	text_init(&text, missing.s, sizeof(missing.s));
	for (unsigned int i = 0; i < memory->orders.n_orders; i++) {
		const struct page_order *order = &memory->orders.orders[i];

		if (order->new > order->old)
			text_add(&text, "%s%" PRIu64 " of %" PRIu64 " KiB on node %u", text.length ? ", " : "",
				order->new - order->old, order->page_kib, order->node);
	}
	if (look->runs || !text.length)
		doctor_report(look->doctor, FINDING_PASS, look->subject.s, NULL, "its huge pages are there");
	else if (policy.allocate)
		doctor_report(look->doctor, FINDING_PASS, look->subject.s, NULL,
			"its start adds the huge pages that are missing, if the host has the memory by then: %s",
			missing.s);
	else
		doctor_report(look->doctor, FINDING_FAIL, look->subject.s,
			"let its policy add them: <hugepages allocate='yes'/>, see gpu-handoff-policy(7); or reserve "
			"them "
			"at boot",
			"huge pages are missing: %s", missing.s);
}

static void look_pages(struct memory_look *memory, const char *refused)
{
	const struct domain_look *look = memory->look;
	struct refusal refusal;
	int r = pools_probe(look->doctor->host, &memory->pools);

	if (look->doctor->recorded && memory->pools.n_pools == 0)
		return;
	if (r < 0) {
		doctor_report(look->doctor, FINDING_WARN, look->subject.s, "look at /sys/devices/system/node as root",
			"whether its huge pages are to be had cannot be told: %s", strerror(-r));
		return;
	}
	r = plan_pages(&look->domain.demand, &memory->pools, &memory->promised, &memory->orders, &refusal);
	if (r == 0 && look_nodes(memory))
		look_free(memory);
	else if (r < 0 && !(refused && strcmp(refused, refusal.sentence) == 0))
		doctor_report_refusal(look->doctor, look->subject.s, &refusal, "correct it with 'virsh edit'");
}

void doctor_look_memory(const struct domain_look *look, const char *refused)
{
	const struct demand *demand = &look->domain.demand;
	struct memory_look *memory;

	look_size(look);
	if (demand->problem[0]) {
		if (!refused || strcmp(refused, demand->problem) != 0)
			doctor_report(look->doctor, FINDING_WARN, look->subject.s, "correct it with 'virsh edit'", "%s",
				demand->problem);
		return;
	}
	memory = demand->n_needs > 0 ? calloc(1, sizeof(*memory)) : NULL;
	if (!memory)
		return;
	memory->look = look;
	look_pages(memory, refused);
	free(memory);
}
