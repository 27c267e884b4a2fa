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
};

#define PAGE_ORDERS_MAX POOLS_MAX

struct page_orders {
	unsigned int n_orders;
	struct page_order orders[PAGE_ORDERS_MAX]; /* by node, then by size */
};

/*
 * promised: what domains that are still starting need, of which nobody knows whether they have it already: none of it
 * is free. Returns 0 and *ret; -ECANCELED with the refusal filled.
 */
int plan_pages(const struct demand *demand, const struct pools *pools, const struct page_orders *promised,
	struct page_orders *ret, struct refusal *refusal);
