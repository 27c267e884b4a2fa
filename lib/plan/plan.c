// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/plan.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

bool taken_is_another(const struct taken *taken, uint64_t identity)
{
	return taken->identity && identity && taken->identity != identity;
}

bool plan_takes(const struct plan *plan, struct address address)
{
	for (unsigned int i = 0; i < plan->n_taken; i++) {
		if (address_compare(plan->taken[i].address, address) == 0)
			return true;
	}
	return false;
}

void plan_forget(struct plan *plan, struct address address)
{
	unsigned int n_taken = 0, n_steps = 0;

	for (unsigned int i = 0; i < plan->n_taken; i++) {
		if (address_compare(plan->taken[i].address, address) != 0)
			plan->taken[n_taken++] = plan->taken[i];
	}
	for (unsigned int i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];

		if (!step_kind_has_target(step->kind) || address_compare(step->target, address) != 0)
			plan->steps[n_steps++] = *step;
	}
	plan->n_taken = n_taken;
	plan->n_steps = n_steps;
}

void plan_add(struct plan *plan, enum step_kind kind, struct address target, const char *old, const char *new)
{
	struct step *step = &plan->steps[plan->n_steps];

	if (plan->n_steps == PLAN_STEPS_MAX)
		return;
	plan->n_steps++;
	*step = (struct step){ .kind = kind, .target = target };
	/* Both come from arrays of STEP_VALUE_SIZE, or are words of ours. */
	(void)text_copy(step->old, sizeof(step->old), old);
	(void)text_copy(step->new, sizeof(step->new), new);
}

void plan_add_pages(struct plan *plan, struct pool_id pool, uint64_t old, uint64_t new)
{
	char from[24], to[24];
	unsigned int i = plan->n_steps;

	(void)snprintf(from, sizeof(from), "%" PRIu64, old);
	(void)snprintf(to, sizeof(to), "%" PRIu64, new);
	plan_add(plan, STEP_PAGES, (struct address){ 0 }, from, to);
	if (plan->n_steps > i)
		plan->steps[i].pool = pool;
}
