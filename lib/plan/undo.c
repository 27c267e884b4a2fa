// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <string.h>

#include "plan/plan.h"

/* What undoes a kind, in the order in which kinds are undone. */
static const struct {
	enum step_kind done, undone_by;
} order[] = {
	{ STEP_CPUS, STEP_CPUS },
	{ STEP_START, STEP_STOP },
	{ STEP_BIND, STEP_UNBIND },
	{ STEP_OVERRIDE, STEP_OVERRIDE },
	{ STEP_UNBIND, STEP_BIND },
	{ STEP_D3COLD, STEP_D3COLD },
	{ STEP_POWER, STEP_POWER },
	{ STEP_PERSISTENCE, STEP_PERSISTENCE },
	{ STEP_STOP, STEP_START },
	{ STEP_PAGES, STEP_PAGES },
};

/*
 * An override that was there although it forbids the driver that was bound: somebody set it meanwhile, for a later
 * bind. It stays away until that driver is back.
 */
static bool forbids_bind(const struct plan *plan, const struct step *override)
{
	if (!override->old[0] || strcmp(override->old, OVERRIDE_NONE) == 0)
		return false;
	for (unsigned int i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_UNBIND && address_compare(step->target, override->target) == 0)
			return strcmp(step->old, override->old) != 0;
	}
	return false;
}

/* What has to be done about such overrides once those of a kind are undone. */
static void add_forbidding(const struct plan *plan, enum step_kind undone, struct plan *undo)
{
	for (unsigned int i = plan->n_steps; i-- > 0;) {
		const struct step *done = &plan->steps[i];

		if (done->kind != STEP_OVERRIDE || !forbids_bind(plan, done))
			continue;
		if (undone == STEP_OVERRIDE)
			plan_add(undo, STEP_OVERRIDE, done->target, done->new, OVERRIDE_NONE);
		if (undone == STEP_UNBIND)
			plan_add(undo, STEP_OVERRIDE, done->target, OVERRIDE_NONE, done->old);
	}
}

static void add_undoing(const struct step *done, enum step_kind undone_by, struct plan *undo)
{
	unsigned int i = undo->n_steps;

	plan_add(undo, undone_by, done->target, done->new, done->old);
	if (undo->n_steps > i)
		undo->steps[i].pool = done->pool;
}

void plan_undo(const struct plan *plan, struct plan *ret)
{
	ret->n_taken = plan->n_taken;
	memcpy(ret->taken, plan->taken, sizeof(ret->taken));
	ret->n_steps = 0;
	ret->has_claim = false;
	ret->orders.n_orders = 0;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		/* Steps of a kind go from the last function to .0: backwards, .0 comes back first. */
		for (unsigned int j = plan->n_steps; j-- > 0;) {
			const struct step *done = &plan->steps[j];

			if (done->kind == order[i].done && !(done->kind == STEP_OVERRIDE && forbids_bind(plan, done)))
				add_undoing(done, order[i].undone_by, ret);
		}
		add_forbidding(plan, order[i].done, ret);
	}
}
