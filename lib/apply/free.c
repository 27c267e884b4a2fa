// SPDX-License-Identifier: GPL-2.0-or-later
/* The proof, right before anything is unbound, that nobody uses it any more. */
#include <errno.h>
#include <string.h>

#include "apply/context.h"
#include "base/clock.h"
#include "plan/hold.h"
#include "probe/inventory.h"
#include "probe/occupancy.h"

/* A look at all processes is work for a large host; who has just been stopped is most often gone by the first. */
#define INTERVAL_MS 100

struct question {
	struct handover *handover;
	const struct function *function;
	struct refusal *refusal;
};

static int ask_free(void *data)
{
	struct question *question = data;
	struct occupancy *occupancy = &question->handover->occupancy;
	int r = occupancy_probe(question->handover->host, occupancy);

	if (r < 0)
		return r;
	r = plan_check_free(question->function, occupancy, question->refusal);
	/* Who may yet go is waited for. */
	return r == 0 ? 1 : question->refusal->reason == REFUSAL_HELD ? 0 : r;
}

int context_await_free(struct handover *handover, const struct step *step, bool again, struct refusal *refusal)
{
	struct question question = { .handover = handover, .refusal = refusal };
	int r;

	question.function = inventory_find(&handover->occupancy.functions, step->target);
	if (!question.function)
		return refusal_set(refusal, REFUSAL_ABSENT, "'%s' is gone", address_text(step->target).s);
	if (again && plan_check_free(question.function, &handover->occupancy, refusal) == 0)
		return 0;
	r = clock_await_slowly(ask_free, &question, (int)step_deadline_ms(step), INTERVAL_MS);
	if (r == 1)
		return 0;
	if (r == 0 || r == -ECANCELED)
		return -ECANCELED;
	return refusal_set(refusal, REFUSAL_STATE, "cannot tell who uses '%s': %s", address_text(step->target).s,
		r == KERNEL_STUCK ? "the nvidia driver does not answer" : strerror(-r));
}
