// SPDX-License-Identifier: GPL-2.0-or-later
/* The place of a VM on small hosts, each shown as one line. What holds on all hosts is in tests/unit/programs/pins.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/place.h"
#include "tests/unit/plan/plan.h"

#define GIB (1ULL << 30)

/*
 * A host in short: nodes between '|', caches between ' ', each as CORES x THREADS [: MiB], or CORES e for small cores.
 * CPUs are numbered core by core.
 */
static void make_host(const char *layout, unsigned int gib, struct topology *ret)
{
	unsigned int cpu = 0;

	*ret = (struct topology){ .n_nodes = 1, .nodes = { { .size = gib * GIB } } };
	while (*layout) {
		unsigned int n_cores, n_threads = 1, mib = 32;
		bool small;
		int n;

		if (*layout == '|') {
			ret->nodes[ret->n_nodes] = (struct node_memory){ .number = ret->n_nodes, .size = gib * GIB };
			ret->n_nodes++;
			layout++;
		}
		ck_assert_int_eq(sscanf(layout, "%u%n", &n_cores, &n), 1);
		layout += n;
		small = *layout == 'e';
		layout += small;
		if (sscanf(layout, "x%u%n", &n_threads, &n) == 1)
			layout += n;
		if (sscanf(layout, ":%u%n", &mib, &n) == 1)
			layout += n;
		ret->caches[ret->n_caches] = (struct cache){ .size = (uint64_t)mib << 20, .node = ret->n_nodes - 1 };
		for (unsigned int i = 0; i < n_cores; i++) {
			struct core *core = &ret->cores[ret->n_cores++];

			*core = (struct core){ .cache = ret->n_caches, .node = ret->n_nodes - 1, .efficient = small };
			while (core->n_cpus < n_threads)
				core->cpus[core->n_cpus++] = cpu++;
		}
		ret->n_caches++;
		layout += strspn(layout, " ");
	}
}

static void show(const struct placement *placement, char *buffer, size_t size)
{
	struct text text;

	text_init(&text, buffer, size);
	for (unsigned int i = 0; i < placement->pinning.n_vcpus && placement->is_pinned; i++)
		text_add(&text, "%s%s", i ? "/" : "", cpuset_text(&placement->pinning.vcpus[i]).s);
	if (!placement->is_pinned)
		text_add(&text, "%u unpinned", placement->pinning.n_vcpus);
	else
		text_add(&text, " em %s, %ux%ux%u", cpuset_text(&placement->pinning.emulator).s, placement->dies,
			placement->cores, placement->threads);
	for (unsigned int i = 0; i < placement->n_cells; i++)
		text_add(&text, ", %u+%u at %u has %llu", placement->cells[i].first_vcpu, placement->cells[i].n_vcpus,
			placement->cells[i].node, (unsigned long long)(placement->cells[i].memory >> 20));
	for (unsigned int i = 0; i < placement->given_up.n; i++)
		text_add(&text, "; %.16s", placement->given_up.lines[i]);
	ck_assert(!text.cut);
}

#define ON(...) .n_nodes = sizeof((unsigned int[]){ __VA_ARGS__ }) / sizeof(unsigned int), .nodes = { __VA_ARGS__ }

static const struct {
	const char *host;
	unsigned int gib;
	struct wish wish;
	const char *expected;
} rows[] = {
	/* One cache: the cores after the first, and the next for the emulator. */
	{ "8x2", 32, { .n_vcpus = 4, .memory = GIB }, "2/3/4/5 em 6-7, 1x2x2, 0+4 at 0 has 1024" },
	{ "8x1", 32, { .n_vcpus = 3, .memory = GIB }, "1/2/3 em 4, 1x3x1, 0+3 at 0 has 1024" },
	/* What is not said: up to eight cores, half of the memory. */
	{ "6x2", 8, { 0 }, "2/3/4/5/6/7/8/9 em 10-11, 1x4x2, 0+8 at 0 has 4096" },
	{ "16x1", 128, { 0 }, "1/2/3/4/5/6/7/8 em 9, 1x8x1, 0+8 at 0 has 16384" },
	/* All but the host's core: the emulator goes there. */
	{ "4x2", 32, { .n_vcpus = 6, .memory = GIB },
		"2/3/4/5/6/7 em 0-1, 1x3x2, 0+6 at 0 has 1024; no core is left " },
	{ "2x2", 32, { .n_vcpus = 2, .memory = GIB }, "2/3 em 0-1, 1x1x2, 0+2 at 0 has 1024; no core is left " },
	/* More than there is. */
	{ "4x2", 32, { .n_vcpus = 64, .memory = GIB },
		"2/3/4/5/6/7 em 0-1, 1x3x2, 0+6 at 0 has 1024; 6 vCPUs instead ; no core is left " },
	{ "1x2", 32, { .n_vcpus = 1, .memory = GIB }, "1 unpinned; nothing is pinne" },
	{ "1x2", 32, { .memory = GIB }, "2 unpinned; nothing is pinne" },
	/* A number that fills no cores: a core for each, or fewer. */
	{ "8x2", 32, { .n_vcpus = 3, .memory = GIB }, "2-3/4-5/6-7 em 8-9, 1x3x1, 0+3 at 0 has 1024" },
	{ "4x2", 32, { .n_vcpus = 5, .memory = GIB }, "2/3/4/5 em 6-7, 1x2x2, 0+4 at 0 has 1024; 4 vCPUs instead " },
	{ "4x2", 32, { .n_vcpus = 5, .exact = true, .memory = GIB },
		"2/3/4/5/6-7 em 0-1, 1x5x1, 0+5 at 0 has 1024; no core is left ; 5 vCPUs do not f" },
	{ "4x2", 32, { .n_vcpus = 8, .exact = true, .memory = GIB }, "8 unpinned; nothing is pinne" },
	/* Small cores stay with the host; a large one for the emulator is better than a small one. */
	{ "4x2 8e", 32, { .n_vcpus = 4, .memory = GIB }, "2/3/4/5 em 6-7, 1x2x2, 0+4 at 0 has 1024" },
	{ "4x2 8e", 32, { .n_vcpus = 6, .memory = GIB }, "2/3/4/5/6/7 em 8, 1x3x2, 0+6 at 0 has 1024" },
	{ "4x2 8e", 32, { .n_vcpus = 12, .memory = GIB },
		"2/3/4/5/6/7 em 8, 1x3x2, 0+6 at 0 has 1024; 6 vCPUs instead " },
	/* The cache that the host's core is not in; where it has to be two, equal parts. */
	{ "4x1 4x1", 32, { .n_vcpus = 2, .memory = GIB }, "4/5 em 6, 1x2x1, 0+2 at 0 has 1024" },
	{ "4x1 4x1", 32, { .n_vcpus = 4, .memory = GIB }, "4/5/6/7 em 1, 1x4x1, 0+4 at 0 has 1024" },
	{ "4x1 4x1", 32, { .n_vcpus = 6, .memory = GIB }, "4/5/6/1/2/3 em 7, 2x3x1, 0+6 at 0 has 1024" },
	{ "4x1 4x1", 32, { .n_vcpus = 5, .memory = GIB }, "4/5/6/7 em 1, 1x4x1, 0+4 at 0 has 1024; 4 vCPUs instead " },
	{ "4x1 4x1", 32, { .n_vcpus = 5, .exact = true, .memory = GIB },
		"4/5/6/7/1 em 2, 1x5x1, 0+5 at 0 has 1024; 5 vCPUs do not f" },
	{ "3x2 3x2 3x2 3x2", 32, { .n_vcpus = 12, .memory = GIB },
		"6/7/8/9/10/11/12/13/14/15/16/17 em 2-3, 2x3x2, 0+12 at 0 has 1024" },
	/* The largest cache, though the host's core is in it, as long as it has room. */
	{ "8x2:96 8x2:32", 64, { .n_vcpus = 14, .memory = GIB },
		"2/3/4/5/6/7/8/9/10/11/12/13/14/15 em 16-17, 1x7x2, 0+14 at 0 has 1024" },
	{ "8x2:96 8x2:32", 64, { .n_vcpus = 16, .memory = GIB },
		"16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31 em 2-3, 1x8x2, 0+16 at 0 has 1024; the L3 cache of " },
	{ "8x2:96 8x2:32", 64, { .memory = GIB },
		"2/3/4/5/6/7/8/9/10/11/12/13/14/15 em 16-17, 1x7x2, 0+14 at 0 has 1024" },
	/* The card's node; both, where one has no room. */
	{ "4x1|4x1", 16, { .n_vcpus = 2, .memory = GIB, ON(1) }, "4/5 em 6, 1x2x1, 0+2 at 1 has 1024" },
	{ "4x1|4x1", 16, { .n_vcpus = 2, .memory = GIB, ON(0) }, "1/2 em 3, 1x2x1, 0+2 at 0 has 1024" },
	{ "4x1|4x1", 16, { .n_vcpus = 4, .memory = GIB, ON(0) },
		"1/2/4/5 em 3, 2x2x1, 0+2 at 0 has 512, 2+2 at 1 has 512" },
	{ "4x1|4x1", 16, { .n_vcpus = 2, .memory = 20 * GIB, ON(1) },
		"4/1 em 5, 2x1x1, 0+1 at 1 has 10240, 1+1 at 0 has 10240" },
	{ "4x1|4x1", 16, { .n_vcpus = 2, .memory = GIB, ON(0, 1) },
		"1/4 em 2, 2x1x1, 0+1 at 0 has 512, 1+1 at 1 has 512" },
	{ "4x1|4x1", 16, { .n_vcpus = 1, .memory = GIB, ON(0, 1) },
		"1 em 2, 1x1x1, 0+1 at 0 has 1024; the card on NUMA" },
	{ "4x1|4x1", 16, { .n_vcpus = 2, .memory = 3 * GIB, .page_size = PAGE_1G, ON(0, 1) },
		"1/4 em 2, 2x1x1, 0+1 at 0 has 2048, 1+1 at 1 has 1024" },
	/* Threads of one core are on one node: for equal parts each vCPU gets a core. */
	{ "4x2|4x2", 16, { .n_vcpus = 2, .memory = 20 * GIB },
		"2-3/8-9 em 4-5, 2x1x1, 0+1 at 0 has 10240, 1+1 at 1 has 10240" },
	{ "4x2|4x2", 16, { .n_vcpus = 6, .memory = 20 * GIB },
		"2-3/4-5/6-7/8-9/10-11/12-13 em 14-15, 2x3x1, 0+3 at 0 has 10240, 3+3 at 1 has 10240" },
	{ "4x2|4x2", 16, { .n_vcpus = 6, .exact = true, .memory = 20 * GIB },
		"2-3/4-5/6-7/8-9/10-11/12-13 em 14-15, 2x3x1, 0+3 at 0 has 10240, 3+3 at 1 has 10240" },
	/* A node that no card names, or that has no CPUs. */
	{ "4x1|4x1", 16, { .n_vcpus = 4, .memory = GIB }, "4/5/6/7 em 1, 1x4x1, 0+4 at 1 has 1024" },
	{ "4x1|4x1", 16, { .n_vcpus = 2, .memory = GIB, ON(7) },
		"1/2 em 3, 1x2x1, 0+2 at 0 has 1024; the card on NUMA" },
};

static struct topology topology;
static struct placement placement;
static struct refusal refusal;

START_TEST(test_row)
{
	char shown[2048];

	make_host(rows[_i].host, rows[_i].gib, &topology);
	ck_assert_int_eq(place(&topology, &rows[_i].wish, &placement, &refusal), 0);
	show(&placement, shown, sizeof(shown));
	ck_assert_str_eq(shown, rows[_i].expected);
}
END_TEST

START_TEST(test_refusals)
{
	static const struct {
		struct wish wish;
		const char *sentence;
	} refused[] = {
		{ { .memory = 17 * GIB }, "17408 MiB of memory are more than the 16384 MiB of this host; " },
		{ { .memory = 16 * GIB }, "16384 MiB of memory leave the host too little of its 16384 MiB; " },
		{ { .n_vcpus = VCPUS_MAX + 1 }, "1025 vCPUs are more than a domain can have; " },
	};

	make_host("4x2", 16, &topology);
	for (int i = 0; i < COUNT(refused); i++) {
		ck_assert_int_lt(place(&topology, &refused[i].wish, &placement, &refusal), 0);
		ck_assert_msg(strncmp(refusal.sentence, refused[i].sentence, strlen(refused[i].sentence)) == 0, "%s",
			refusal.sentence);
	}
}
END_TEST

/* A card beside a node whose memory slots are empty. */
START_TEST(test_no_memory)
{
	char shown[256];

	make_host("4x1|4x1", 16, &topology);
	topology.nodes[1].size = 0;
	ck_assert_int_eq(place(&topology, &(struct wish){ .n_vcpus = 2, ON(1) }, &placement, &refusal), 0);
	show(&placement, shown, sizeof(shown));
	ck_assert_str_eq(shown, "1/2 em 3, 1x2x1, 0+2 at 0 has 8192; the card on NUMA");
	/* Not told is not none. */
	topology.nodes[1].size = MEMORY_UNKNOWN;
	ck_assert_int_eq(
		place(&topology, &(struct wish){ .n_vcpus = 2, .memory = 999 * GIB, ON(1) }, &placement, &refusal), 0);
	ck_assert_uint_eq(placement.cells[0].node, 1);
}
END_TEST

/* Why, in words. */
START_TEST(test_reasons)
{
	make_host("8x2:96 8x2:32", 64, &topology);
	ck_assert_int_eq(place(&topology, &(struct wish){ .n_vcpus = 8 }, &placement, &refusal), 0);
	ck_assert_uint_eq(placement.reasons.n, 4);
	ck_assert_str_eq(placement.reasons.lines[0], "one L3 cache of 96 MiB, the largest of this host (V-Cache)");
	ck_assert_str_eq(placement.reasons.lines[1],
		"vCPUs in a row are the 2 threads of one core, for the guest as for the host");
	/* Larger than its peer, but not stacked. */
	make_host("4x2:16 8x2:8", 64, &topology);
	ck_assert_int_eq(place(&topology, &(struct wish){ .n_vcpus = 4 }, &placement, &refusal), 0);
	ck_assert_str_eq(placement.reasons.lines[0], "one L3 cache of 16 MiB");
}
END_TEST

TCase *case_place(void)
{
	TCase *tcase = suite_case("place");

	add_rows(tcase, test_row, rows);
	tcase_add_test(tcase, test_refusals);
	tcase_add_test(tcase, test_no_memory);
	tcase_add_test(tcase, test_reasons);
	return tcase;
}
