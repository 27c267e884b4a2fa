/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: how many huge pages each node of the host has to have more for a domain: what it needs, less what is free and
 * promised to nobody. Pure.
 */
#pragma once

#include "model/demand.h"
#include "model/pool.h"
#include "model/refusal.h"

/* Of one pool. */
struct page_order {
	unsigned int node;
	uint64_t page_kib;
	uint64_t count;    /* pages that the domain needs of it */
	uint64_t old, new; /* its total before and after; the same when there are enough */
	uint64_t base;     /* its total before, without what other domains that have not gone had added */
};

#define PAGE_ORDERS_MAX POOLS_MAX

struct page_orders {
	unsigned int n_orders;
	struct page_order orders[PAGE_ORDERS_MAX]; /* by node, then by size */
};

/* The sum of the counts of a pool. */
uint64_t page_orders_count(const struct page_orders *orders, struct pool_id pool);

/*
 * Memory that is to come from one node is counted first, then that with a choice, by how many nodes it has: of these it
 * takes what is free on each in turn, and shares out the rest evenly. Pages that are reserved count on every node:
 * which one they will come from is not told.
 *
 * promised: what domains that are still starting need, of which nobody knows whether they have it already: none of it
 * is free. Returns 0 and *ret, which has a row for each pool that the domain needs pages of, with
 * base the same as old; -ECANCELED with the
 * refusal filled, and *ret is undefined.
 */
int plan_pages(const struct demand *demand, const struct pools *pools, const struct page_orders *promised,
	struct page_orders *ret, struct refusal *refusal);
