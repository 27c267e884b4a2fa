// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/pages.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* What is known of each pool while needs are counted; in the order of the pools. */
struct counting {
	const struct pools *pools;
	uint64_t available[POOLS_MAX]; /* and not yet counted on */
	uint64_t count[POOLS_MAX];
	uint64_t missing[POOLS_MAX]; /* of that: not available */
};

static uint64_t in_pages(uint64_t kib, uint64_t page_kib)
{
	return kib / page_kib + (kib % page_kib != 0);
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

uint64_t page_orders_count(const struct page_orders *orders, struct pool_id pool)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < orders->n_orders; i++) {
		const struct page_order *order = &orders->orders[i];

		if (order->node == pool.node && order->page_kib == pool.page_kib &&
			__builtin_add_overflow(sum, order->count, &sum))
			return UINT64_MAX;
	}
	return sum;
}

static void count_available(const struct pools *pools, const struct page_orders *promised, struct counting *counting)
{
	for (unsigned int i = 0; i < pools->n_pools; i++) {
		const struct pool *pool = &pools->pools[i];
		uint64_t available = pool->free;

		if (pool->page_kib == pools->default_kib)
			available = less(available, in_pages(pools->reserved_kib, pool->page_kib));
		counting->available[i] =
			less(available, page_orders_count(promised, (struct pool_id){ pool->node, pool->page_kib }));
	}
}

/* ---- what cannot be ---- */

/* The sizes that the host has, each once. */
static void add_sizes(struct text *text, const struct pools *pools)
{
	for (unsigned int i = 0; i < pools->n_pools; i++) {
		uint64_t page_kib = pools->pools[i].page_kib;
		bool told = false;

		for (unsigned int j = 0; j < i; j++)
			told = told || pools->pools[j].page_kib == page_kib;
		if (!told)
			text_add(text, "%s%llu", text->length ? ", " : "", (unsigned long long)page_kib);
	}
}

static int refuse_size(const struct pools *pools, uint64_t page_kib, struct refusal *refusal)
{
	char sizes[256];
	struct text text;

	text_init(&text, sizes, sizeof(sizes));
	add_sizes(&text, pools);
	if (!text.length)
		return refusal_set(refusal, REFUSAL_MEMORY,
			"this host has no huge pages; take <hugepages> out of the domain with 'virsh edit'");
	return refusal_set(refusal, REFUSAL_MEMORY,
		"this host has no huge pages of %llu KiB; correct <hugepages> with 'virsh edit': there are those of %s "
		"KiB",
		(unsigned long long)page_kib, sizes);
}

static int refuse_overflow(struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_MEMORY,
		"the domain needs more huge pages than can be counted; correct <memory> with 'virsh edit'");
}

/* ---- one need ---- */

static bool may_come_from(const struct page_need *need, uint64_t page_kib, const struct pool *pool)
{
	return pool->page_kib == page_kib && (cpuset_is_empty(&need->nodes) || cpuset_has(&need->nodes, pool->node));
}

static int count_on(struct counting *counting, unsigned int i, uint64_t n)
{
	uint64_t found = n < counting->available[i] ? n : counting->available[i];

	counting->available[i] -= found;
	counting->missing[i] += n - found; /* no more than count */
	return __builtin_add_overflow(counting->count[i], n, &counting->count[i]) ? -EOVERFLOW : 0;
}

/* Finds the pools that it may come from. */
static int find_pools(const struct pools *pools, const struct page_need *need, uint64_t page_kib, bool may[POOLS_MAX],
	unsigned int *ret_n, struct refusal *refusal)
{
	struct cpuset absent = need->nodes;
	bool has_size = false;

	*ret_n = 0;
	for (unsigned int i = 0; i < pools->n_pools; i++) {
		struct cpuset node = { 0 };

		may[i] = may_come_from(need, page_kib, &pools->pools[i]);
		*ret_n += may[i];
		has_size = has_size || pools->pools[i].page_kib == page_kib;
		cpuset_add(&node, pools->pools[i].node);
		if (may[i])
			cpuset_remove_all(&absent, &node);
	}
	if (!has_size)
		return refuse_size(pools, page_kib, refusal);
	if (!cpuset_is_empty(&absent))
		return refusal_set(refusal, REFUSAL_MEMORY,
			"memory of the domain is to come from node %u, and this host has none with huge pages of %llu "
			"KiB; "
			"correct <numatune> with 'virsh edit'",
			cpuset_next(&absent, 0), (unsigned long long)page_kib);
	return 0;
}

static int count_need(struct counting *counting, const struct page_need *need, struct refusal *refusal)
{
	const struct pools *pools = counting->pools;
	uint64_t page_kib = need->page_kib ? need->page_kib : pools->default_kib, rest;
	bool may[POOLS_MAX] = { false };
	unsigned int n;
	int r = find_pools(pools, need, page_kib, may, &n, refusal);

	if (r < 0)
		return r;
	rest = in_pages(need->kib, page_kib);
	for (unsigned int i = 0; i < pools->n_pools && r == 0; i++) {
		uint64_t found = rest < counting->available[i] ? rest : counting->available[i];

		if (!may[i])
			continue;
		rest -= found;
		r = count_on(counting, i, found);
	}
	for (unsigned int i = 0; i < pools->n_pools && r == 0; i++) {
		uint64_t share = n ? in_pages(rest, n) : 0;

		if (!may[i])
			continue;
		rest -= share;
		n--;
		r = count_on(counting, i, share);
	}
	return r < 0 ? refuse_overflow(refusal) : 0;
}

/* ---- all of them ---- */

/* Those without a choice come first, or others would take what they alone need. */
static unsigned int count_choices(const struct page_need *need)
{
	return cpuset_is_empty(&need->nodes) ? CPUS_MAX : cpuset_count(&need->nodes);
}

static int count_needs(struct counting *counting, const struct demand *demand, struct refusal *refusal)
{
	bool counted[PAGE_NEEDS_MAX] = { false };

	for (unsigned int n = 0; n < demand->n_needs; n++) {
		unsigned int next = 0;
		int r;

		while (counted[next])
			next++;
		for (unsigned int i = next + 1; i < demand->n_needs; i++) {
			if (!counted[i] && count_choices(&demand->needs[i]) < count_choices(&demand->needs[next]))
				next = i;
		}
		counted[next] = true;
		r = demand->needs[next].kib ? count_need(counting, &demand->needs[next], refusal) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int plan_pages(const struct demand *demand, const struct pools *pools, const struct page_orders *promised,
	struct page_orders *ret, struct refusal *refusal)
{
	struct counting counting = { .pools = pools };
	int r;

	if (demand->problem[0])
		return refusal_set(refusal, REFUSAL_INPUT, "%s", demand->problem);
	count_available(pools, promised, &counting);
	r = count_needs(&counting, demand, refusal);
	if (r < 0)
		return r;
	ret->n_orders = 0;
	for (unsigned int i = 0; i < pools->n_pools; i++) {
		const struct pool *pool = &pools->pools[i];
		struct page_order *order = &ret->orders[ret->n_orders];

		if (!counting.count[i])
			continue;
		*order = (struct page_order){ .node = pool->node,
			.page_kib = pool->page_kib,
			.count = counting.count[i],
			.old = pool->total,
			.base = pool->total };
		/* More than there are: the kernel first keeps those that it would have let go, and these are in use. */
		if (__builtin_add_overflow(pool->total, counting.missing[i], &order->new) ||
			(counting.missing[i] > 0 && __builtin_add_overflow(order->new, pool->surplus, &order->new)))
			return refuse_overflow(refusal);
		ret->n_orders++;
	}
	return 0;
}
