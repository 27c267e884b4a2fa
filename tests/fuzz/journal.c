// SPDX-License-Identifier: GPL-2.0-or-later
/* journal_parse(): what is read, written again, reads the same; what ends early reads too; and all can be undone. */
#include <errno.h>

#include "apply/journal_text.h"
#include "tests/fuzz/fuzz.h"

static bool is_terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size);
}

static void promise_journal(const struct journal *journal)
{
	PROMISE(is_terminated(journal->name, sizeof(journal->name)));
	PROMISE(is_terminated(journal->plan.claim.partition, sizeof(journal->plan.claim.partition)));
	PROMISE(journal->daemon >= 0);
	PROMISE(journal->writer >= 0);
	PROMISE(!journal->has_last || journal->last.kind < STEP_KINDS_);
	PROMISE(journal->state <= JOURNAL_RETURNING);
	PROMISE(journal->plan.n_taken <= PLAN_FUNCTIONS_MAX && journal->plan.n_steps <= PLAN_STEPS_MAX);
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		promise_address(journal->plan.taken[i].address);
		PROMISE(journal->plan.taken[i].iommu_group >= 0);
	}
	for (unsigned int i = 0; i < journal->plan.n_steps; i++) {
		const struct step *step = &journal->plan.steps[i];

		PROMISE(step->kind < STEP_KINDS_);
		promise_address(step->target);
		PROMISE(is_terminated(step->old, sizeof(step->old)) && is_terminated(step->new, sizeof(step->new)));
	}
}

static void promise_same(const struct journal *a, const struct journal *b)
{
	PROMISE(a->kind == b->kind && a->state == b->state && a->daemon == b->daemon);
	PROMISE(strcmp(a->owner, b->owner) == 0 && strcmp(a->name, b->name) == 0);
	PROMISE(!a->daemon || (a->daemon_start == b->daemon_start && a->is_command == b->is_command));
	PROMISE(a->writer == b->writer && (!a->writer || a->writer_start == b->writer_start));
	PROMISE(a->plan.n_taken == b->plan.n_taken && a->plan.n_steps == b->plan.n_steps);
	PROMISE(a->plan.has_claim == b->plan.has_claim);
	PROMISE(strcmp(a->plan.claim.partition, b->plan.claim.partition) == 0);
	for (unsigned int i = 0; i < a->plan.n_taken; i++) {
		const struct taken *x = &a->plan.taken[i], *y = &b->plan.taken[i];

		PROMISE(x->identity == y->identity);
		PROMISE(address_compare(x->address, y->address) == 0);
		PROMISE(x->iommu_group == y->iommu_group && x->forgotten == y->forgotten);
	}
	for (unsigned int i = 0; i < a->plan.n_steps; i++) {
		const struct step *x = &a->plan.steps[i], *y = &b->plan.steps[i];

		PROMISE(x->kind == y->kind && address_compare(x->target, y->target) == 0);
		PROMISE(strcmp(x->old, y->old) == 0 && strcmp(x->new, y->new) == 0);
	}
}

/* A full plan of the longest values fits, as journal.h says. */
static void promise_rewritten(const struct journal *journal)
{
	static char buffer[JOURNAL_SIZE_MAX];
	static struct journal again;
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	journal_write_head(&text, journal);
	if (journal->writer)
		journal_write_writer(&text, journal);
	for (unsigned int i = 0; i < journal->plan.n_steps; i++)
		journal_write_change(&text, &journal->plan.steps[i]);
	if (journal->state != JOURNAL_TAKING)
		text_add(&text, journal->state == JOURNAL_HELD ? "held\n" : "returning\n");
	PROMISE(!text.cut);
	PROMISE(journal_parse(buffer, text.length, &again) == 0);
	promise_same(journal, &again);
}

static bool is_about(const struct step *step, struct address address)
{
	return step_kind_has_target(step->kind) && address_compare(step->target, address) == 0;
}

/* Of a function that vanishes nothing is left to undo, and everything of the others. */
static void promise_forgotten(const struct journal *journal)
{
	static char buffer[JOURNAL_SIZE_MAX];
	static struct journal again;
	static struct plan undo;
	struct address address = journal->plan.taken[0].address;
	unsigned int n_taken = 0, n_steps = 0;
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	journal_write_head(&text, journal);
	for (unsigned int i = 0; i < journal->plan.n_steps; i++)
		journal_write_change(&text, &journal->plan.steps[i]);
	journal_write_vanished(&text, address);
	PROMISE(!text.cut && journal_parse(buffer, text.length, &again) == 0);
	PROMISE(!plan_takes(&again.plan, address));
	for (unsigned int i = 0; i < journal->plan.n_taken; i++)
		n_taken += address_compare(journal->plan.taken[i].address, address) != 0;
	for (unsigned int i = 0; i < journal->plan.n_steps; i++)
		n_steps += !is_about(&journal->plan.steps[i], address);
	PROMISE(again.plan.n_taken == n_taken && again.plan.n_steps == n_steps);
	PROMISE(!again.has_last || !is_about(&again.last, address));
	plan_undo(&again.plan, &undo);
	for (unsigned int i = 0; i < undo.n_steps; i++)
		PROMISE(!is_about(&undo.steps[i], address));
}

/* What nothing undoes: a module stays, nobody gives a session back, and a look changes nothing. */
static bool is_kept(const struct step *step)
{
	return step->kind == STEP_MODULE || step->kind == STEP_END || step->kind == STEP_FREE;
}

/* Every other change has what undoes it, once; an override that forbids a bind makes way, and comes back, in two. */
static void promise_undone(const struct journal *journal)
{
	static struct plan undo;
	unsigned int n = 0, n_overrides = 0, n_stops = 0, n_starts = 0;

	plan_undo(&journal->plan, &undo);
	for (unsigned int i = 0; i < journal->plan.n_steps; i++) {
		const struct step *step = &journal->plan.steps[i];

		n += !is_kept(step);
		n_overrides += step->kind == STEP_OVERRIDE;
		n_stops += step->kind == STEP_STOP;
		n_starts += step->kind == STEP_START;
	}
	PROMISE(undo.n_steps >= n && undo.n_steps <= n + n_overrides && undo.n_steps <= PLAN_STEPS_MAX);
	for (unsigned int i = 0; i < undo.n_steps; i++) {
		PROMISE(!is_kept(&undo.steps[i]));
		n_stops -= undo.steps[i].kind == STEP_START;
		n_starts -= undo.steps[i].kind == STEP_STOP;
	}
	PROMISE(n_stops == 0 && n_starts == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct journal journal;
	int r = journal_parse((const char *)data, size, &journal);

	PROMISE(r == 0 || r == -EBADMSG);
	if (r < 0)
		return 0;
	promise_journal(&journal);
	if (journal.owner[0])
		promise_rewritten(&journal);
	promise_undone(&journal);
	if (journal.owner[0] && journal.plan.n_taken)
		promise_forgotten(&journal);
	/* Whatever ended the process that wrote it. */
	for (size_t cut = size / 2; cut < size; cut += 1 + size / 16)
		PROMISE(journal_parse((const char *)data, cut, &journal) == 0);
	return 0;
}
