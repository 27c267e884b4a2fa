// SPDX-License-Identifier: GPL-2.0-or-later
#include "udev/state.h"

#include "apply/journal.h"
#include "apply/poison.h"
#include "base/fd.h"
#include "host/runtime.h"

/* One journal after the other, in storage for one. */
struct search {
	int runtime;
	const struct function *function;
	const char *state; /* NULL: nobody has taken it */
	struct journal journal;
	char text[JOURNAL_SIZE_MAX];
};

/* One that has come to the address since is another one: that the first has vanished may not be in the journal yet. */
static bool is_taken(const struct journal *journal, const struct function *function)
{
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		const struct taken *taken = &journal->plan.taken[i];

		if (address_compare(taken->address, function->address) == 0)
			return !taken_is_another(taken, function->identity);
	}
	return false;
}

/* One that is unreadable, or is just being removed, says nothing. */
static int look_at(const char *owner, void *data)
{
	struct search *search = data;
	const struct journal *journal = &search->journal;
	const struct function *function = search->function;

	if (journal_read(search->runtime, owner, search->text, &search->journal) < 0 || !is_taken(journal, function))
		return 0;
	/* It is on its way back, and the host's driver has it already. */
	if (journal->state == JOURNAL_RETURNING && function->driver[0] && !function_is_vfio(function))
		return 0;
	search->state = journal->kind == JOURNAL_DETACHED ? "detached" : "vm";
	return 0;
}

const char *state_find(const struct host *host, const struct function *function)
{
	/* Too large for the stack, and never touched where there is no journal. */
	static struct search search;
	int runtime CLOSE_FD = runtime_open(host, false);

	search.runtime = runtime;
	search.function = function;
	search.state = NULL;
	if (runtime >= 0 && poison_has(runtime, function->address, function->identity, search.text, &search.journal))
		return "poisoned";
	if (runtime >= 0)
		(void)journal_for_each(runtime, look_at, &search);
	if (search.state)
		return search.state;
	if (!function->driver[0])
		return "none";
	return function_is_vfio(function) ? "vfio" : "host";
}
