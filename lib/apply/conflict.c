// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "apply/context.h"

struct question {
	struct handover *handover;
	int runtime;
	const char *except;
	bool detached_too;
	struct refusal *refusal;
};

static int refuse_taken(const struct journal *other, struct address address, struct refusal *refusal)
{
	char name[DOMAIN_NAME_SIZE];
	struct text text;

	if (other->kind == JOURNAL_DETACHED)
		return refusal_set(refusal, REFUSAL_TAKEN,
			"'%s' is detached already; 'gpu-handoff reattach' returns it", address_text(address).s);
	text_init(&text, name, sizeof(name));
	text_add_foreign(&text, other->name);
	if (other->state != JOURNAL_HELD)
		return refusal_set(refusal, REFUSAL_TAKEN,
			"'%s' has not come back from domain '%s' yet; run 'gpu-handoff recover'",
			address_text(address).s, name);
	return refusal_set(refusal, REFUSAL_TAKEN, "'%s' is in use by domain '%s'; stop that first",
		address_text(address).s, name);
}

static int check_journal(const char *owner, void *data)
{
	struct question *question = data;
	struct journal *other = &question->handover->other;
	int r;

	if (question->except && strcmp(owner, question->except) == 0)
		return 0;
	r = journal_read(question->runtime, owner, question->handover->buffer, other);
	/* What cannot be read may name anything. */
	if (r < 0)
		return r == -ENOENT ? 0 : journal_refuse(owner, r, question->refusal);
	if (other->kind == JOURNAL_DETACHED && !question->detached_too)
		return 0;
	for (unsigned int i = 0; i < other->plan.n_taken; i++) {
		const struct taken *taken = &other->plan.taken[i];

		if (plan_takes(&question->handover->journal.plan, taken->address) &&
			!context_is_replaced(question->handover->host, taken))
			return refuse_taken(other, taken->address, question->refusal);
	}
	return 0;
}

int context_check_free(
	struct handover *handover, int runtime, const char *except, bool detached_too, struct refusal *refusal)
{
	struct question question = {
		.handover = handover,
		.runtime = runtime,
		.except = except,
		.detached_too = detached_too,
		.refusal = refusal,
	};
	int r = journal_for_each(runtime, check_journal, &question);

	return r < 0 && r != -ECANCELED ? context_refuse_state(refusal, r) : r;
}
