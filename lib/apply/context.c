// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/execute.h"
#include "apply/lock.h"
#include "base/clock.h"

struct handover *handover_new(const struct host *host, const struct observer *observer)
{
	struct handover *handover = malloc(sizeof(*handover));

	if (handover) {
		handover->host = host;
		handover->observer = observer;
	}
	return handover;
}

void handover_free(struct handover *handover)
{
	free(handover);
}

/* What people call the owner of a journal. */
static const char *owner_name(const struct journal *journal)
{
	return journal->detached ? journal->owner : journal->name;
}

void context_note(struct handover *handover, const struct journal *journal, const char *sentence)
{
	if (handover->observer && handover->observer->noted)
		handover->observer->noted(handover->observer->data, owner_name(journal), sentence);
}

int context_execute(struct handover *handover, const struct journal *journal, const struct step *step)
{
	uint64_t begin = clock_now_us();
	int r = step_execute(handover->host, step);

	if (handover->observer && handover->observer->stepped)
		handover->observer->stepped(
			handover->observer->data, owner_name(journal), step, r, clock_now_us() - begin);
	return r;
}

void context_describe_failure(struct text *text, const struct step *step, int r)
{
	char sentence[STEP_SENTENCE_SIZE];
	const char *why = strerror(-r);

	step_describe(step, sentence);
	if (r == -EIO)
		why = "the kernel accepted it and nothing changed";
	else if (r == -ENOENT && (step->kind == STEP_BIND || step->kind == STEP_MODULE))
		why = "there is no such driver now";
	else if (r == -ESTALE)
		why = "somebody else changed it meanwhile, so it stays as it is";
	else if (r == -ENODEV)
		why = "the device is gone";
	text_add(text, "cannot %s: %s", sentence, why);
}

int context_refuse_state(struct refusal *refusal, int r)
{
	if (r == -EPERM)
		return refusal_set(refusal, REFUSAL_STATE,
			"/run/gpu-handoff or a file in it is not root's alone; find out who made it, then remove it");
	return refusal_set(refusal, REFUSAL_STATE, "cannot use /run/gpu-handoff: %s", strerror(-r));
}

int context_lock(int runtime, int *ret_lock, struct refusal *refusal)
{
	int r = lock_acquire(runtime, LOCK_DEADLINE_MS);

	if (r == -ETIMEDOUT)
		return refusal_set(refusal, REFUSAL_LOCKED,
			"another handover has been at work for %d seconds; see 'journalctl -t gpu-handoff'",
			LOCK_DEADLINE_MS / 1000);
	if (r < 0)
		return context_refuse_state(refusal, r);
	*ret_lock = r;
	return 0;
}
