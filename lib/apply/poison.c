// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/poison.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "apply/context.h"
#include "base/fd.h"
#include "host/runtime.h"
#include "probe/process.h"

#define DIRECTORY_NAME "poisoned"

int poison_open(int runtime)
{
	return runtime_directory_open(runtime, DIRECTORY_NAME, false);
}

void poison_tidy(int runtime)
{
	(void)unlinkat(runtime, DIRECTORY_NAME, AT_REMOVEDIR);
}

/* Whether the record is about the function of that identity. One that does not name it is no proof of another one. */
static bool is_about(const struct journal *record, struct address address, uint64_t identity)
{
	for (unsigned int i = 0; i < record->plan.n_taken; i++) {
		if (address_compare(record->plan.taken[i].address, address) == 0)
			return !taken_is_another(&record->plan.taken[i], identity);
	}
	return true;
}

bool poison_has(int runtime, struct address address, uint64_t identity, char *buffer, struct journal *scratch)
{
	int records CLOSE_FD = poison_open(runtime);
	int r = records;

	if (records >= 0)
		r = journal_read(records, address_text(address).s, buffer, scratch);
	return r == 0 ? is_about(scratch, address, identity) : r != -ENOENT;
}

bool poison_is_over(const struct host *host, const struct journal *record)
{
	return process_is_alive(host, record->writer, record->writer_start) == 0;
}

int poison_refuse(struct address address, struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_POISONED,
		"'%s' is poisoned: its driver has not let go of it; 'gpu-handoff recover' brings it back once the "
		"driver has returned, else only a reboot frees it",
		address_text(address).s);
}

/*
 * The function and its steps. Where another one has come to its address, that may be the one which is stuck: the record
 * is about any of them, and nothing of it is undone.
 */
static void fill(const struct host *host, const struct journal *journal, struct address address, struct journal *record)
{
	const struct plan *plan = &journal->plan;
	bool replaced = false;

	for (unsigned int i = 0; i < plan->n_taken; i++) {
		struct taken *taken = &record->plan.taken[record->plan.n_taken];

		if (address_compare(plan->taken[i].address, address) != 0)
			continue;
		*taken = plan->taken[i];
		replaced = context_is_replaced(host, taken);
		if (replaced)
			taken->identity = 0;
		record->plan.n_taken++;
	}
	for (unsigned int i = 0; i < plan->n_steps && !replaced; i++) {
		const struct step *step = &plan->steps[i];

		if (step_kind_is_device(step->kind) && address_compare(step->target, address) == 0)
			record->plan.steps[record->plan.n_steps++] = *step;
	}
}

static void tell(struct handover *handover, const struct journal *journal, const struct step *stuck)
{
	struct refusal refusal;

	(void)poison_refuse(stuck->target, &refusal);
	context_say(handover, EVENT_POISONED, journal, &stuck->target, refusal.sentence);
}

int poison_put(struct handover *handover, int runtime, const struct journal *journal, const struct step *stuck)
{
	struct journal *record = &handover->poison;
	int records CLOSE_FD = -1;
	int r;

	if (journal->kind == JOURNAL_POISONED)
		return journal_replace(runtime, journal);
	records = runtime_directory_open(runtime, DIRECTORY_NAME, true);
	if (records < 0)
		return records;
	memset(record, 0, sizeof(*record));
	record->kind = JOURNAL_POISONED;
	record->writer = journal->writer;
	record->writer_start = journal->writer_start;
	(void)text_copy(record->owner, sizeof(record->owner), address_text(stuck->target).s);
	(void)text_copy(record->name, sizeof(record->name), journal_owner_name(journal));
	fill(handover->host, journal, stuck->target, record);
	record->last = *stuck;
	record->has_last = true;
	r = journal_replace(records, record);
	if (r >= 0)
		tell(handover, journal, stuck);
	return r;
}
