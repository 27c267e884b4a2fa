// SPDX-License-Identifier: GPL-2.0-or-later
/* A card that a person takes from the host's drivers, and returns. */
#include <errno.h>
#include <string.h>

#include "apply/context.h"
#include "base/fd.h"
#include "host/runtime.h"
#include "model/card.h"
#include "probe/inventory.h"

int handover_find_card(struct handover *handover, struct address address, struct domain *ret, struct refusal *refusal)
{
	struct inventory *inventory = &handover->inventory;
	struct card card;

	inventory->n_functions = 0;
	if (inventory_probe(handover->host, address, inventory) < 0)
		return refusal_set(refusal, REFUSAL_ABSENT, "'%s' is not on this host; see 'gpu-handoff list'",
			address_text(address).s);
	*ret = (struct domain){ .n_hostdevs = 1, .hostdevs = { address } };
	if (!card_find(inventory, address, &card))
		return 0;
	for (ret->n_hostdevs = 0; ret->n_hostdevs < card.n_functions; ret->n_hostdevs++)
		ret->hostdevs[ret->n_hostdevs] = card.functions[ret->n_hostdevs]->address;
	return 0;
}

/* Under the lock. */
static int detach(
	struct handover *handover, int runtime, const struct domain *card, pid_t daemon, struct refusal *refusal)
{
	struct journal *journal = &handover->journal;

	(void)daemon;
	memset(journal, 0, sizeof(*journal));
	journal->kind = JOURNAL_DETACHED;
	(void)text_copy(journal->owner, sizeof(journal->owner), address_text(card->hostdevs[0]).s);
	return context_take(handover, runtime, card, refusal);
}

int handover_detach(struct handover *handover, const struct domain *card, struct refusal *refusal)
{
	struct address_text address = address_text(card->hostdevs[0]);

	return context_patiently(handover, (struct event_owner){ .name = address.s }, detach, card, 0, refusal);
}

struct search {
	struct handover *handover;
	int runtime;
	struct address address;
	char owner[JOURNAL_OWNER_SIZE]; /* "" while not found */
};

static int search_detached(const char *owner, void *data)
{
	struct search *search = data;
	struct journal *journal = &search->handover->other;

	if (journal_read(search->runtime, owner, search->handover->buffer, journal) == 0 &&
		journal->kind == JOURNAL_DETACHED && plan_takes(&journal->plan, search->address))
		(void)text_copy(search->owner, sizeof(search->owner), owner);
	return 0;
}

/* Under the lock. */
static int reattach(struct handover *handover, int runtime, const char *owner, struct refusal *refusal)
{
	struct refusal elsewhere;
	int r;

	/* Of a domain that is gone, nothing stands in the way. */
	(void)context_sweep(handover, runtime, false, &elsewhere);
	r = journal_read(runtime, owner, handover->buffer, &handover->journal);
	if (r < 0)
		return r == -ENOENT ? 0 : journal_refuse(owner, r, refusal);
	/* A domain may be starting with it, and not have opened the group yet. */
	r = context_check_free(handover, runtime, owner, false, refusal);
	if (r < 0)
		return r;
	return context_give_back(handover, runtime, &handover->journal, EVENT_RETURNED, RELEASE_DEADLINE_MS, refusal);
}

int handover_reattach(struct handover *handover, struct address address, struct refusal *refusal)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false), lock CLOSE_FD = -1;
	struct search search = { .handover = handover, .runtime = runtime, .address = address };
	int r;

	if (runtime < 0 && runtime != -ENOENT)
		return context_refuse_state(refusal, runtime);
	r = runtime < 0 ? 0 : journal_for_each(runtime, search_detached, &search);
	if (r < 0)
		return context_refuse_state(refusal, r);
	if (!search.owner[0])
		return refusal_set(refusal, REFUSAL_ABSENT,
			"'%s' was not detached by 'gpu-handoff detach'; see 'gpu-handoff list'",
			address_text(address).s);
	r = context_lock(handover, runtime, (struct event_owner){ .name = search.owner }, &lock, refusal);
	return r < 0 ? r : reattach(handover, runtime, search.owner, refusal);
}
