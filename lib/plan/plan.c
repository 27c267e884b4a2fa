// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/plan.h"

#include "base/text.h"

bool plan_takes(const struct plan *plan, struct address address)
{
	for (unsigned int i = 0; i < plan->n_taken; i++) {
		if (address_compare(plan->taken[i].address, address) == 0)
			return true;
	}
	return false;
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
