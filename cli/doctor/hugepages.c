// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: which huge pages each node could give to a VM: those that are there, and what could be made of free memory.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/doctor/doctor.h"
#include "probe/memory.h"
#include "probe/pool.h"

#define KIB_MIB 1024
#define KIB_GIB (1024 * 1024)

/* A node with less free memory is full, whatever blocks it is in. */
#define FREE_KIB_MIN (4ULL * KIB_GIB)

static struct finding_text describe_size(uint64_t kib)
{
	return kib % KIB_GIB == 0   ? finding_text("%" PRIu64 " GiB", kib / KIB_GIB)
	       : kib % KIB_MIB == 0 ? finding_text("%" PRIu64 " MiB", kib / KIB_MIB)
				    : finding_text("%" PRIu64 " KiB", kib);
}

/* The pools of one node, from index on. Returns the index behind them. */
static unsigned int describe_pools(const struct pools *pools, unsigned int index, struct text *text)
{
	unsigned int node = pools->pools[index].node;

	for (; index < pools->n_pools && pools->pools[index].node == node; index++) {
		const struct pool *pool = &pools->pools[index];

		text_add(text, "%s", text->length ? ", " : "");
		if (pool->total)
			text_add(text, "%" PRIu64 " pages of %s, %" PRIu64 " of them free", pool->total,
				describe_size(pool->page_kib).s, pool->free);
		else
			text_add(text, "no pages of %s yet", describe_size(pool->page_kib).s);
	}
	return index;
}

static void report_node(struct doctor *doctor, unsigned int node, uint64_t page_kib, const char *pools)
{
	struct finding_text subject = finding_text("huge pages of node %u", node), size = describe_size(page_kib);
	struct node_free memory;

	if (node_free_probe(doctor->host, node, page_kib, &memory) < 0) {
		doctor_report(doctor, FINDING_PASS, subject.s, NULL, "%s", pools);
		return;
	}
	if (!memory.has_blocks)
		doctor_report(doctor, FINDING_PASS, subject.s, NULL,
			"%s; of %" PRIu64 " MiB of memory %" PRIu64 " MiB are free", pools, memory.total_kib / KIB_MIB,
			memory.free_kib / KIB_MIB);
	else if (memory.free_kib >= FREE_KIB_MIN && memory.blocks_kib < memory.free_kib / 2)
		doctor_report(doctor, FINDING_WARN, subject.s,
			"before a large VM starts, write 1 to /proc/sys/vm/compact_memory as root; or have the kernel "
			"set pages aside at boot, by hugepages= on its command line",
			"%s; memory is fragmented: of %" PRIu64 " MiB free %" PRIu64
			" MiB could become pages of %s at once",
			pools, memory.free_kib / KIB_MIB, memory.blocks_kib / KIB_MIB, size.s);
	else
		doctor_report(doctor, FINDING_PASS, subject.s, NULL,
			"%s; of %" PRIu64 " MiB of memory %" PRIu64 " MiB are free, %" PRIu64
			" MiB of it could become pages of %s at once, and more when the kernel drops caches",
			pools, memory.total_kib / KIB_MIB, memory.free_kib / KIB_MIB, memory.blocks_kib / KIB_MIB,
			size.s);
}

static void look_hugepages(struct doctor *doctor)
{
	static struct pools pools;
	int r = pools_probe(doctor->host, &pools);

	if (r < 0)
		doctor_report(doctor, FINDING_WARN, "huge pages", "look again later",
			"the pools of the host cannot be read: %s", strerror(-r));
	else if (pools.n_pools == 0 && !doctor->recorded)
		doctor_report(doctor, FINDING_WARN, "huge pages",
			"boot a kernel with CONFIG_HUGETLBFS; without it a VM with <hugepages/> does not start",
			"the kernel has none");
	for (unsigned int i = 0; r == 0 && i < pools.n_pools;) {
		unsigned int node = pools.pools[i].node;
		uint64_t page_kib = pools.default_kib ? pools.default_kib : pools.pools[i].page_kib;
		struct finding_text buffer;
		struct text text;

		text_init(&text, buffer.s, sizeof(buffer.s));
		i = describe_pools(&pools, i, &text);
		report_node(doctor, node, page_kib, buffer.s);
	}
}

const struct check check_hugepages = { .name = "hugepages", .look = look_hugepages };
