// SPDX-License-Identifier: GPL-2.0-or-later
/* A function that has vanished while somebody had it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/context.h"
#include "apply/poison.h"
#include "base/fd.h"
#include "host/runtime.h"
#include "probe/inventory.h"

struct loss {
	struct handover *handover;
	int runtime;
	struct address address;
	struct refusal *refusal;
	int n_had, n_failed;
};

/* The refusal of the first is the one that is told. */
static void fail(struct loss *loss, const struct refusal *refusal)
{
	if (loss->n_failed++ == 0)
		*loss->refusal = *refusal;
}

bool context_is_replaced(const struct host *host, const struct taken *taken)
{
	uint64_t identity;

	return function_identify(host, taken->address, &identity) == 0 && taken_is_another(taken, identity);
}

/* The kernel tells of a removal when there is no link on the bus any more (device_del()). */
static bool is_lost(const struct host *host, const struct taken *taken)
{
	int device CLOSE_FD = function_open(host, taken->address);

	return device == -ENOENT || context_is_replaced(host, taken);
}

static void tell(struct handover *handover, const struct journal *journal, struct address address)
{
	static const char *const ends[] = {
		[JOURNAL_DOMAIN] = "while the domain had it; what comes at that address later is not the domain's",
		[JOURNAL_DETACHED] = "while it was detached; what comes at that address later is not",
		[JOURNAL_POISONED] = "and with it, that it was poisoned: its driver has let go of it",
	};
	char sentence[STEP_SENTENCE_SIZE];

	(void)snprintf(
		sentence, sizeof(sentence), "'%s' has vanished %s", address_text(address).s, ends[journal->kind]);
	context_say(handover, EVENT_VANISHED, journal, &address, sentence);
}

void context_forget_replaced(struct handover *handover, struct journal *journal, int fd)
{
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		struct taken taken = journal->plan.taken[i];

		if (!context_is_replaced(handover->host, &taken))
			continue;
		/* Where that fails, whoever reads it next finds the same. */
		(void)journal_append_vanished(fd, taken.address);
		journal_forget(journal, taken.address);
		tell(handover, journal, taken.address);
		i--;
	}
}

static int forget(struct loss *loss, struct journal *journal, struct refusal *refusal)
{
	int fd CLOSE_FD = journal_open(loss->runtime, journal->owner);
	int r = fd < 0 ? fd : journal_append_vanished(fd, loss->address);

	if (r < 0)
		return context_refuse_state(refusal, r);
	journal_forget(journal, loss->address);
	tell(loss->handover, journal, loss->address);
	loss->n_had++;
	/* reattach finds a card by its functions. What is left are services that were stopped for it, if anything. */
	if (journal->kind != JOURNAL_DETACHED || journal->plan.n_taken > 0)
		return 0;
	return context_give_back(loss->handover, loss->runtime, journal, EVENT_RETURNED, 0, refusal);
}

static bool has_lost(const struct loss *loss, const struct journal *journal)
{
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		const struct taken *taken = &journal->plan.taken[i];

		if (address_compare(taken->address, loss->address) == 0)
			return is_lost(loss->handover->host, taken);
	}
	return false;
}

static int visit_journal(const char *owner, void *data)
{
	struct loss *loss = data;
	struct journal *journal = &loss->handover->other;
	struct refusal refusal;
	int r = journal_read(loss->runtime, owner, loss->handover->buffer, journal);

	if (r == -ENOENT || (r == 0 && !has_lost(loss, journal)))
		return 0;
	r = r < 0 ? journal_refuse(owner, r, &refusal) : forget(loss, journal, &refusal);
	if (r < 0)
		fail(loss, &refusal);
	return 0;
}

/*
 * That the kernel has taken it off the bus proves that its driver has returned: pci_stop_dev() waits for the lock that
 * the driver held. Who asked the driver may live for a moment yet, or wait for something else; but what it has asked
 * for is done to the device that is gone, and never to a later one. So the record has nothing left to guard.
 */
static void forget_poison(struct loss *loss)
{
	int records CLOSE_FD = poison_open(loss->runtime);
	struct journal *record = &loss->handover->other;
	struct address_text owner = address_text(loss->address);
	struct refusal refusal;
	int r = records < 0 ? records : journal_read(records, owner.s, loss->handover->buffer, record);

	if (r == -ENOENT || (r == 0 && !has_lost(loss, record)))
		return;
	if (r == 0) {
		r = journal_remove(records, owner.s);
		poison_tidy(loss->runtime);
	}
	if (r < 0) {
		(void)context_refuse_state(&refusal, r);
		fail(loss, &refusal);
		return;
	}
	tell(loss->handover, record, loss->address);
	loss->n_had++;
}

/* Under the lock. */
static int forget_all(struct loss *loss)
{
	struct refusal elsewhere;
	int r;

	forget_poison(loss);
	r = journal_for_each(loss->runtime, visit_journal, loss);
	if (r < 0)
		return context_refuse_state(loss->refusal, r);
	/* A return that failed because of it can end now. */
	if (loss->n_had && context_sweep(loss->handover, loss->runtime, false, &elsewhere) < 0)
		fail(loss, &elsewhere);
	return loss->n_failed ? -ECANCELED : loss->n_had;
}

int handover_forget(struct handover *handover, struct address address, struct refusal *refusal)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false), lock CLOSE_FD = -1;
	struct loss loss = { .handover = handover, .runtime = runtime, .address = address, .refusal = refusal };
	struct address_text owner = address_text(address);
	int r;

	if (runtime < 0)
		return runtime == -ENOENT ? 0 : context_refuse_state(refusal, runtime);
	r = context_lock(handover, runtime, (struct event_owner){ .name = owner.s }, &lock, refusal);
	return r < 0 ? r : forget_all(&loss);
}
