// SPDX-License-Identifier: GPL-2.0-or-later
/* What the journals say that VMs have of the host's CPUs and memory. */
#include <errno.h>
#include <string.h>

#include "apply/context.h"
#include "base/text.h"

struct gathering {
	struct handover *handover;
	int runtime;
	const char *except;
};

static int add_claim(struct claims *claims, const struct journal *journal)
{
	struct claim *claim = &claims->claims[claims->n_claims];

	if (claims->n_claims == CLAIMS_MAX)
		return -E2BIG;
	claims->n_claims++;
	*claim = journal->plan.claim;
	memcpy(claim->name, journal->name, sizeof(claim->name));
	for (unsigned int i = 0; claim->isolate && i < journal->plan.n_taken; i++) {
		if (claims->n_functions < CLAIMS_FUNCTIONS_MAX)
			claims->functions[claims->n_functions++] = journal->plan.taken[i].address;
	}
	return 0;
}

static int add_orders(struct page_orders *promised, const struct page_orders *orders)
{
	for (unsigned int i = 0; i < orders->n_orders; i++) {
		if (promised->n_orders == PAGE_ORDERS_MAX)
			return -E2BIG;
		promised->orders[promised->n_orders++] = orders->orders[i];
	}
	return 0;
}

static int add_added(struct page_orders *added, const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];
		uint64_t old, new;

		if (step->kind != STEP_PAGES)
			continue;
		if (added->n_orders == PAGE_ORDERS_MAX)
			return -E2BIG;
		if (text_parse_number(step->old, 10, UINT64_MAX, &old) < 0 ||
			text_parse_number(step->new, 10, UINT64_MAX, &new) < 0 || new < old)
			return -EBADMSG;
		added->orders[added->n_orders++] = (struct page_order){
			.node = step->pool.node, .page_kib = step->pool.page_kib, .count = new - old
		};
	}
	return 0;
}

/*
 * One that ended before it had its CPUs has a claim to nothing: nobody would give back what is turned for it. One that
 * nothing is turned for has no step for that.
 */
static bool has_cpus(const struct plan *plan)
{
	if (!claim_turns(&plan->claim))
		return plan->has_claim;
	for (unsigned int i = 0; i < plan->n_steps; i++) {
		if (plan->steps[i].kind == STEP_CPUS)
			return plan->has_claim;
	}
	return false;
}

static int gather_journal(const char *owner, void *data)
{
	const struct gathering *gathering = data;
	struct handover *handover = gathering->handover;
	struct journal *journal = &handover->claimant;
	int r;

	if (gathering->except && strcmp(owner, gathering->except) == 0)
		return 0;
	r = journal_read(gathering->runtime, owner, handover->buffer, journal);
	/* What cannot be read may have anything. */
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (journal->kind != JOURNAL_DOMAIN)
		return 0;
	r = add_added(&handover->added, &journal->plan);
	if (r < 0 || journal->state == JOURNAL_RETURNING)
		return r;
	if (has_cpus(&journal->plan))
		r = add_claim(&handover->claims, journal);
	/* Once it runs, what it has is no longer free. */
	if (r == 0 && !journal->started)
		r = add_orders(&handover->promised, &journal->plan.orders);
	return r;
}

int context_gather(struct handover *handover, int runtime, const char *except)
{
	struct gathering gathering = { .handover = handover, .runtime = runtime, .except = except };

	handover->claims.n_claims = handover->claims.n_functions = 0;
	handover->promised.n_orders = handover->added.n_orders = 0;
	return runtime < 0 ? 0 : journal_for_each(runtime, gather_journal, &gathering);
}
