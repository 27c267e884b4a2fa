// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/resources.h"

#include <stdio.h>

#include "base/text.h"
#include "plan/settle.h"

/* What others have added goes with them: the domain must not take it for the host's. */
static void find_base(struct page_order *order, const struct page_orders *added)
{
	uint64_t count = added ? page_orders_count(added, (struct pool_id){ order->node, order->page_kib }) : 0;

	order->base = order->old > count ? order->old - count : 0;
}

/* What the host has as a default is for those domains that it fits; what a domain says itself is not to be passed over.
 */
static int add_pages(const struct domain *domain, const struct situation *situation, const struct policy *policy,
	struct plan *plan, struct notes *notes, struct refusal *refusal)
{
	const struct demand *demand = &domain->demand;
	int r;

	if (!policy->allocate || !situation->pools)
		return 0;
	if (demand->problem[0] && domain->policy.has_allocate)
		return refusal_set(refusal, REFUSAL_INPUT, "%s", demand->problem);
	if (demand->problem[0] || demand->n_needs == 0) {
		notes_add(notes, "%s", demand->problem[0] ? demand->problem : "the domain asks for no huge pages");
		return 0;
	}
	r = plan_pages(demand, situation->pools, situation->promised, &plan->orders, refusal);
	for (unsigned int i = 0; r == 0 && i < plan->orders.n_orders; i++) {
		struct page_order *order = &plan->orders.orders[i];

		find_base(order, situation->added);
		if (order->new != order->old)
			plan_add_pages(plan, (struct pool_id){ order->node, order->page_kib }, order->old, order->new);
	}
	return r;
}

static void add_cpus_step(struct plan *plan)
{
	struct cpuset_text text = cpuset_text(&plan->claim.cpus);
	char value[STEP_VALUE_SIZE];

	/* For people: the claim itself is what counts. */
	if (text_copy(value, sizeof(value), text.s) < 0)
		(void)snprintf(value, sizeof(value), "%.200s...", text.s);
	plan_add(plan, STEP_CPUS, (struct address){ 0 }, "", value);
}

static void name_claim(const struct domain *domain, struct plan *plan)
{
	struct claim *claim = &plan->claim;

	(void)text_copy(claim->name, sizeof(claim->name), domain->name);
	(void)text_copy(claim->partition, sizeof(claim->partition), domain->demand.partition);
	plan->has_claim = true;
}

static int add_cpus(const struct domain *domain, const struct situation *situation, const struct policy *policy,
	struct plan *plan, struct notes *notes, struct refusal *refusal)
{
	bool said = domain->policy.has_isolate || domain->policy.has_governor;
	int r;

	if ((!policy->isolate && !policy->governor[0]) || !situation->knobs)
		return 0;
	if (!said && (domain->demand.problem[0] || domain->demand.n_pinned < domain->demand.n_vcpus))
		return 0;
	r = plan_claim(&domain->demand, policy, situation->claims, situation->knobs, situation->online, &plan->claim,
		notes, refusal);
	if (r != 0)
		return r < 0 ? r : 0;
	plan->claim.nodes = domain->demand.nodes;
	name_claim(domain, plan);
	add_cpus_step(plan);
	return 0;
}

/* One that wants no CPUs for itself is pinned to somebody's all the same. */
static int check_pins(const struct domain *domain, const struct situation *situation, const struct policy *policy,
	struct plan *plan, struct notes *notes, struct refusal *refusal)
{
	const struct claims *claims = situation->claims;

	for (unsigned int i = 0; claims && !plan->claim.isolate && i < claims->n_claims; i++) {
		const struct claim *claim = &claims->claims[i];
		struct cpuset shared = domain->demand.vcpus;
		char name[DOMAIN_NAME_SIZE];
		struct text text;

		cpuset_keep_all(&shared, &claim->cpus);
		if (!claim->isolate || cpuset_is_empty(&shared))
			continue;
		text_init(&text, name, sizeof(name));
		text_add_foreign(&text, claim->name);
		if (policy->overlap == OVERLAP_REFUSE)
			return refusal_set(refusal, REFUSAL_CPUS,
				"CPUs %.200s, which vCPUs are pinned to, belong to VM '%s' alone; pin them to others, "
				"stop it, or set overlap='warn' in the policy",
				cpuset_text(&shared).s, name);
		notes_add(notes, "CPUs %.100s, which vCPUs are pinned to, belong to VM '%.60s'", cpuset_text(&shared).s,
			name);
		/* Its own scope keeps them. */
		if (!plan->has_claim)
			plan->claim = (struct claim){ .cpus = domain->demand.vcpus, .nodes = domain->demand.nodes };
		name_claim(domain, plan);
	}
	return 0;
}

int plan_resources(const struct domain *domain, const struct situation *situation, const struct policy *policy,
	struct plan *plan, struct notes *notes, struct refusal *refusal)
{
	int r = add_pages(domain, situation, policy, plan, notes, refusal);

	if (r == 0)
		r = add_cpus(domain, situation, policy, plan, notes, refusal);
	return r < 0 ? r : check_pins(domain, situation, policy, plan, notes, refusal);
}
