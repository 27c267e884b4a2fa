// SPDX-License-Identifier: GPL-2.0-or-later
/* How many huge pages are ordered, by tables and by chance. */
#include "plan/pages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tests/unit/plan/plan.h"

#define KIB_2M 2048
#define KIB_1G 1048576

static struct pools pools;
static struct page_orders promised, orders;
static struct demand demand;
static struct refusal refusal;

static struct cpuset set_of(const char *list)
{
	struct cpuset set = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &set), 0);
	return set;
}

static void add_pool(unsigned int node, uint64_t page_kib, uint64_t total, uint64_t free)
{
	pools.pools[pools.n_pools++] =
		(struct pool){ .node = node, .page_kib = page_kib, .total = total, .free = free };
}

static void add_need(uint64_t page_kib, uint64_t kib, const char *nodes)
{
	demand.needs[demand.n_needs++] = (struct page_need){ .page_kib = page_kib, .kib = kib, .nodes = set_of(nodes) };
}

/* Two nodes, 0 and 2, and two sizes; node 0 has 10 of 16 small pages free, node 2 has 4 of 4, and 1 of 1 large one. */
static void start(void)
{
	memset(&pools, 0, sizeof(pools));
	memset(&promised, 0, sizeof(promised));
	memset(&demand, 0, sizeof(demand));
	pools.default_kib = KIB_2M;
	add_pool(0, KIB_2M, 16, 10);
	add_pool(0, KIB_1G, 0, 0);
	add_pool(2, KIB_2M, 4, 4);
	add_pool(2, KIB_1G, 1, 1);
}

static int plan(void)
{
	refusal.reason = REFUSAL_NONE;
	return plan_pages(&demand, &pools, &promised, &orders, &refusal);
}

static const struct {
	struct {
		uint64_t page_kib, kib;
		const char *nodes;
	} needs[3];
	const char *orders; /* node/KiB:count old>new */
} rows[] = {
	{ { { KIB_2M, 8 * KIB_2M, "0" } }, "0/2048:8 16>16" },
	{ { { 0, 8 * KIB_2M, "0" } }, "0/2048:8 16>16" },
	{ { { 0, 0, "" } }, "" },
	{ { { KIB_2M, 1, "2" } }, "2/2048:1 4>4" },
	{ { { KIB_2M, 12 * KIB_2M + 1, "0" } }, "0/2048:13 16>19" },
	{ { { KIB_2M, 12 * KIB_2M, "0" }, { KIB_2M, 6 * KIB_2M, "2" } }, "0/2048:12 16>18 2/2048:6 4>6" },
	{ { { KIB_2M, 8 * KIB_2M, "0" }, { 0, 8 * KIB_2M, "0" } }, "0/2048:16 16>22" },
	{ { { KIB_1G, 2 * KIB_1G, "2" }, { KIB_2M, KIB_2M, "2" } }, "2/2048:1 4>4 2/1048576:2 1>2" },
	{ { { KIB_2M, 14 * KIB_2M, "0,2" } }, "0/2048:10 16>16 2/2048:4 4>4" },
	{ { { KIB_2M, 17 * KIB_2M, "" } }, "0/2048:12 16>18 2/2048:5 4>5" },
	{ { { KIB_1G, 4 * KIB_1G, "" } }, "0/1048576:2 0>2 2/1048576:2 1>2" },
	{ { { KIB_1G, KIB_1G, "" } }, "2/1048576:1 1>1" },
	/* Who has a choice leaves the others theirs. */
	{ { { KIB_2M, 10 * KIB_2M, "" }, { KIB_2M, 4 * KIB_2M, "0" } }, "0/2048:10 16>16 2/2048:4 4>4" },
	{ { { KIB_2M, 4 * KIB_2M, "" }, { KIB_2M, 8 * KIB_2M, "0,2" }, { KIB_2M, 2 * KIB_2M, "0" } },
		"0/2048:10 16>16 2/2048:4 4>4" },
};

static void show(struct text *text)
{
	for (unsigned int i = 0; i < orders.n_orders; i++) {
		const struct page_order *order = &orders.orders[i];

		text_add(text, "%s%u/%llu:%llu %llu>%llu", i ? " " : "", order->node,
			(unsigned long long)order->page_kib, (unsigned long long)order->count,
			(unsigned long long)order->old, (unsigned long long)order->new);
	}
}

static void check_orders(const char *expected)
{
	char shown[256];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	show(&text);
	ck_assert_str_eq(shown, expected);
}

START_TEST(test_rows)
{
	start();
	for (int i = 0; i < 3 && rows[_i].needs[i].nodes; i++)
		add_need(rows[_i].needs[i].page_kib, rows[_i].needs[i].kib, rows[_i].needs[i].nodes);
	ck_assert_int_eq(plan(), 0);
	check_orders(rows[_i].orders);
}
END_TEST

/* What others were promised, and what some process reserved, is not free: of the right pool alone, and never below
 * none. */
START_TEST(test_promised)
{
	start();
	add_need(KIB_2M, 4 * KIB_2M, "0");
	promised.n_orders = 3;
	promised.orders[0] = (struct page_order){ .node = 0, .page_kib = KIB_2M, .count = 7 };
	promised.orders[1] = (struct page_order){ .node = 0, .page_kib = KIB_1G, .count = 99 };
	promised.orders[2] = (struct page_order){ .node = 2, .page_kib = KIB_2M, .count = 99 };
	ck_assert_int_eq(plan(), 0);
	check_orders("0/2048:4 16>17");
	promised.orders[1].page_kib = KIB_2M;
	ck_assert_int_eq(plan(), 0);
	check_orders("0/2048:4 16>20");

	start();
	add_need(0, 18 * KIB_2M, "");
	add_need(KIB_1G, KIB_1G, "2");
	pools.reserved_kib = 2 * KIB_2M + 1;
	ck_assert_int_eq(plan(), 0);
	/* 7 and 1 are left, and 5 more come from each. */
	check_orders("0/2048:12 16>21 2/2048:6 4>9 2/1048576:1 1>1");
	pools.reserved_kib = UINT64_MAX;
	ck_assert_int_eq(plan(), 0);
	check_orders("0/2048:9 16>25 2/2048:9 4>13 2/1048576:1 1>1");
}
END_TEST

static const struct {
	uint64_t page_kib, kib;
	const char *nodes, *sentence;
} refusals[] = {
	{ 64, 64, "",
		"this host has no huge pages of 64 KiB; correct <hugepages> with 'virsh edit': there are those of "
		"2048, "
		"1048576 KiB" },
	{ KIB_2M, 1, "0-1",
		"memory of the domain is to come from node 1, and this host has none with huge pages of 2048 KiB; "
		"correct "
		"<numatune> with 'virsh edit'" },
	{ KIB_2M, 1, "2047",
		"memory of the domain is to come from node 2047, and this host has none with huge pages of 2048 KiB; "
		"correct "
		"<numatune> with 'virsh edit'" },
};

START_TEST(test_refused)
{
	start();
	add_need(refusals[_i].page_kib, refusals[_i].kib, refusals[_i].nodes);
	ck_assert_int_eq(plan(), -ECANCELED);
	ck_assert_int_eq(refusal.reason, REFUSAL_MEMORY);
	ck_assert_str_eq(refusal.sentence, refusals[_i].sentence);
}
END_TEST

START_TEST(test_no_pages)
{
	start();
	pools.n_pools = 0;
	pools.default_kib = 0;
	add_need(0, 1, "");
	ck_assert_int_eq(plan(), -ECANCELED);
	ck_assert_str_eq(
		refusal.sentence, "this host has no huge pages; take <hugepages> out of the domain with 'virsh edit'");
	(void)snprintf(demand.problem, sizeof(demand.problem), "the domain is odd");
	ck_assert_int_eq(plan(), -ECANCELED);
	ck_assert_int_eq(refusal.reason, REFUSAL_INPUT);
	ck_assert_str_eq(refusal.sentence, "the domain is odd");
}
END_TEST

/* The largest numbers are refused where they cannot be added, and counted where they can. */
START_TEST(test_overflow)
{
	start();
	pools.pools[0] = (struct pool){ .node = 0, .page_kib = 1, .total = 0, .free = 0 };
	add_need(1, UINT64_MAX, "0");
	ck_assert_int_eq(plan(), 0);
	check_orders("0/1:18446744073709551615 0>18446744073709551615");
	add_need(1, 1, "");
	ck_assert_int_eq(plan(), -ECANCELED);
	ck_assert_int_eq(refusal.reason, REFUSAL_MEMORY);
	demand.n_needs = 1;
	pools.pools[0].total = 1;
	ck_assert_int_eq(plan(), -ECANCELED);
	ck_assert_int_eq(refusal.reason, REFUSAL_MEMORY);
}
END_TEST

/* ---- by chance ---- */

static uint64_t seed = 0x2545f4914f6cdd1du;

static unsigned int draw(unsigned int n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned int)((seed * 2685821657736338717u) >> 33) % n;
}

static void draw_all(unsigned int n_nodes)
{
	static const char *const nodes[] = { "", "", "0", "1", "2", "0-1", "0-2", "1-2" };

	memset(&pools, 0, sizeof(pools));
	memset(&promised, 0, sizeof(promised));
	memset(&demand, 0, sizeof(demand));
	pools.default_kib = 2;
	pools.reserved_kib = draw(2) ? draw(20) : 0;
	for (unsigned int node = 0; node < n_nodes; node++) {
		for (uint64_t page_kib = 2; page_kib <= 6; page_kib += 4) {
			uint64_t total = draw(20);

			add_pool(node, page_kib, total, draw((unsigned int)total + 1));
			if (draw(3) == 0)
				promised.orders[promised.n_orders++] =
					(struct page_order){ .node = node, .page_kib = page_kib, .count = draw(10) };
		}
	}
	for (unsigned int n = draw(5); n > 0; n--)
		add_need(draw(2) ? 2 : 6, draw(100), nodes[draw(COUNT(nodes))]);
}

static uint64_t find_available(const struct pool *pool)
{
	uint64_t gone = pool->page_kib == pools.default_kib ? (pools.reserved_kib + 1) / 2 : 0;

	for (unsigned int i = 0; i < promised.n_orders; i++) {
		if (promised.orders[i].node == pool->node && promised.orders[i].page_kib == pool->page_kib)
			gone += promised.orders[i].count;
	}
	return pool->free > gone ? pool->free - gone : 0;
}

/* Each pool has as many as are counted on, and not one more was made than that takes. */
static uint64_t check_pool(const struct pool *pool)
{
	uint64_t available = find_available(pool);

	for (unsigned int i = 0; i < orders.n_orders; i++) {
		const struct page_order *order = &orders.orders[i];

		if (order->node != pool->node || order->page_kib != pool->page_kib)
			continue;
		ck_assert_uint_gt(order->count, 0);
		ck_assert_uint_eq(order->old, pool->total);
		ck_assert_uint_eq(order->new - order->old, order->count > available ? order->count - available : 0);
		return order->count;
	}
	return 0;
}

/* What a size is needed of, in sum; of the nodes of a set alone, what comes from nowhere else. */
static uint64_t sum_needs(uint64_t page_kib, const struct cpuset *nodes)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < demand.n_needs; i++) {
		const struct page_need *need = &demand.needs[i];

		if (need->page_kib == page_kib &&
			(!nodes || (!cpuset_is_empty(&need->nodes) && cpuset_contains(nodes, &need->nodes))))
			sum += (need->kib + page_kib - 1) / page_kib;
	}
	return sum;
}

static void check_size(uint64_t page_kib, unsigned int n_nodes)
{
	uint64_t sum = 0, counts[3] = { 0 };

	for (unsigned int i = 0; i < pools.n_pools; i++) {
		if (pools.pools[i].page_kib == page_kib)
			sum += counts[pools.pools[i].node] = check_pool(&pools.pools[i]);
	}
	ck_assert_uint_eq(sum, sum_needs(page_kib, NULL));
	for (unsigned int mask = 1; mask < 1u << n_nodes; mask++) {
		struct cpuset nodes = { .words = { mask } };

		sum = 0;
		for (unsigned int node = 0; node < n_nodes; node++)
			sum += mask >> node & 1 ? counts[node] : 0;
		ck_assert_uint_ge(sum, sum_needs(page_kib, &nodes));
	}
}

START_TEST(test_random)
{
	for (unsigned int i = 0; i < 3000; i++) {
		draw_all(3);
		ck_assert_int_eq(plan(), 0);
		check_size(2, 3);
		check_size(6, 3);
	}
}
END_TEST

/* Of needs of which each may come from all that a smaller one may, no more is made than the host lacks. */
START_TEST(test_least)
{
	for (unsigned int i = 0; i < 3000; i++) {
		uint64_t available = 0, needed = 0, made = 0;

		draw_all(3);
		for (unsigned int n = 0; n < demand.n_needs; n++) {
			demand.needs[n].page_kib = 6;
			demand.needs[n].nodes = (struct cpuset){ 0 };
			needed += (demand.needs[n].kib + 5) / 6;
		}
		ck_assert_int_eq(plan(), 0);
		for (unsigned int n = 0; n < pools.n_pools; n++)
			available += pools.pools[n].page_kib == 6 ? find_available(&pools.pools[n]) : 0;
		for (unsigned int n = 0; n < orders.n_orders; n++)
			made += orders.orders[n].new - orders.orders[n].old;
		ck_assert_uint_eq(made, needed > available ? needed - available : 0);
	}
}
END_TEST

TCase *case_pages(void)
{
	TCase *tcase = suite_case("pages");

	add_rows(tcase, test_rows, rows);
	tcase_add_test(tcase, test_promised);
	add_rows(tcase, test_refused, refusals);
	tcase_add_test(tcase, test_no_pages);
	tcase_add_test(tcase, test_overflow);
	tcase_add_test(tcase, test_random);
	tcase_add_test(tcase, test_least);
	return tcase;
}
