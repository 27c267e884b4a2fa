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

bool poison_has(int runtime, struct address address)
{
	int records CLOSE_FD = poison_open(runtime);

	return records >= 0 ? journal_exists(records, address_text(address).s) : records != -ENOENT;
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
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		if (address_compare(journal->plan.taken[i].address, stuck->target) == 0)
			record->plan.taken[record->plan.n_taken++] = journal->plan.taken[i];
	}
	for (unsigned int i = 0; i < journal->plan.n_steps; i++) {
		const struct step *step = &journal->plan.steps[i];

		if (step_kind_is_device(step->kind) && address_compare(step->target, stuck->target) == 0)
			record->plan.steps[record->plan.n_steps++] = *step;
	}
	record->last = *stuck;
	record->has_last = true;
	r = journal_replace(records, record);
	if (r >= 0)
		tell(handover, journal, stuck);
	return r;
}
