// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <string.h>

#include "plan/plan.h"

/* What undoes a kind, in the order in which kinds are undone. */
static const struct {
	enum step_kind done, undone_by;
} order[] = {
	{ STEP_BIND, STEP_UNBIND },
	{ STEP_OVERRIDE, STEP_OVERRIDE },
	{ STEP_UNBIND, STEP_BIND },
	{ STEP_D3COLD, STEP_D3COLD },
	{ STEP_POWER, STEP_POWER },
};

void plan_undo(const struct plan *plan, struct plan *ret)
{
	ret->n_taken = plan->n_taken;
	memcpy(ret->taken, plan->taken, sizeof(ret->taken));
	ret->n_steps = 0;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		/* Steps of a kind go from the last function to .0: backwards, .0 comes back first. */
		for (unsigned int j = plan->n_steps; j-- > 0;) {
			const struct step *done = &plan->steps[j];
			struct step *undo;

			if (done->kind != order[i].done)
				continue;
			undo = &ret->steps[ret->n_steps++];
			*undo = (struct step){ .kind = order[i].undone_by, .target = done->target };
			memcpy(undo->old, done->new, sizeof(undo->old));
			memcpy(undo->new, done->old, sizeof(undo->new));
		}
	}
}
