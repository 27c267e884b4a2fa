// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/context.h"
#include "apply/execute.h"
#include "apply/poison.h"
#include "base/clock.h"
#include "base/fd.h"
#include "host/runtime.h"

/* What a killed handover asked last has most often returned already. */
#define WRITER_DEADLINE_MS 5000

int context_groups_free(const struct host *host, const struct journal *journal, int *ret_open)
{
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		int r = host->kernel->group_is_open(host, journal->plan.taken[i].iommu_group);

		*ret_open = journal->plan.taken[i].iommu_group;
		if (r != 0)
			return r < 0 ? r : 0;
	}
	return 1;
}

struct group_question {
	const struct host *host;
	const struct journal *journal;
	int open;
};

static int ask_groups(void *data)
{
	struct group_question *question = data;

	return context_groups_free(question->host, question->journal, &question->open);
}

/* An earlier return got further: what is to be unbound from vfio-pci has its own driver again. */
static bool is_behind(const struct handover *handover, const struct step *step)
{
	const struct plan *undo = &handover->undo;

	for (unsigned int i = 0; i < undo->n_steps && step->kind == STEP_UNBIND; i++) {
		if (address_compare(undo->steps[i].target, step->target) == 0 &&
			step_is_bound(handover->host, &undo->steps[i]))
			return true;
	}
	return false;
}

/* A driver of the host gets its function again. */
static int undo_unbind(struct handover *handover, int runtime, struct journal *journal, int fd, const struct step *step)
{
	struct arrival arrival = arrivals_expect(handover->host, step->target);
	int r = context_execute(handover, runtime, journal, fd, step);

	if (r >= 0)
		arrivals_add(&handover->arrivals, &arrival, r == 0);
	return r;
}

/* It has a record of its own, with these steps. Not so one that has come to the address of such a one. */
static bool has_record(struct handover *handover, int runtime, const struct journal *journal, struct address address)
{
	uint64_t identity = 0;

	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		if (address_compare(journal->plan.taken[i].address, address) == 0)
			identity = journal->plan.taken[i].identity;
	}
	return poison_has(runtime, address, identity, handover->buffer, &handover->poison);
}

static int undo_step(struct handover *handover, int runtime, struct journal *journal, int fd, const struct step *step)
{
	if (step_kind_is_device(step->kind) && journal->kind != JOURNAL_POISONED &&
		has_record(handover, runtime, journal, step->target))
		return 1;
	if (is_behind(handover, step))
		return 1;
	(void)journal_append_begun(fd, step);
	return step->kind == STEP_BIND ? undo_unbind(handover, runtime, journal, fd, step)
				       : context_execute(handover, runtime, journal, fd, step);
}

/* Before power settings go back, which rules of udev may write, and services start, which want the nodes. */
static bool is_last_bind(const struct plan *undo, unsigned int i)
{
	return undo->steps[i].kind == STEP_BIND && (i + 1 == undo->n_steps || undo->steps[i + 1].kind != STEP_BIND);
}

int context_undo(struct handover *handover, int runtime, struct journal *journal, int fd, struct text *failure)
{
	/* A journal without a step may lack its first line, too. */
	int result = journal->plan.n_steps ? journal_mark(fd, JOURNAL_RETURNING) : 0;

	if (result < 0)
		text_add(failure, "cannot write the journal: %s", strerror(-result));
	plan_undo(&journal->plan, &handover->undo);
	handover->arrivals.n = 0;
	for (unsigned int i = 0; i < handover->undo.n_steps; i++) {
		const struct step *step = &handover->undo.steps[i];
		int r = undo_step(handover, runtime, journal, fd, step);

		if (is_last_bind(&handover->undo, i))
			context_await_arrivals(handover, journal);
		if (r >= 0)
			continue;
		if (r == STEP_STALE || r == STEP_GONE) {
			result = result ? result : 1;
		} else if (result >= 0 || (result == KERNEL_STUCK && r != KERNEL_STUCK)) {
			context_describe_failure(handover, failure, step, r);
			result = r;
		}
	}
	return result;
}

/* Who asked the kernel for a handover that was killed may be at it still. */
static int ask_writer(void *data)
{
	const struct group_question *question = data;

	return poison_is_over(question->host, question->journal);
}

/* Nothing is asked of a device while what was asked before has not returned. */
static int settle_writer(
	struct handover *handover, int runtime, struct journal *journal, struct group_question *question)
{
	int r;

	if (!journal->writer || journal->state == JOURNAL_HELD ||
		journal->writer == handover->host->kernel->writer(handover->host))
		return 1;
	r = clock_await(ask_writer, question, WRITER_DEADLINE_MS);
	if (r == 0 && journal->has_last && step_kind_is_device(journal->last.kind))
		return poison_put(handover, runtime, journal, &journal->last);
	return r;
}

int context_give_back(struct handover *handover, int runtime, struct journal *journal, enum event_kind sum,
	int deadline_ms, struct refusal *refusal)
{
	struct group_question question = { .host = handover->host, .journal = journal };
	char sentence[STEP_SENTENCE_SIZE + 64];
	struct text failure;
	int fd CLOSE_FD = -1;
	int r, result;

	context_begin_sum(handover);
	r = settle_writer(handover, runtime, journal, &question);
	if (r < 0)
		return context_refuse_state(refusal, r);
	fd = journal_open(runtime, journal->owner);
	if (fd < 0)
		return context_refuse_state(refusal, fd);
	context_forget_replaced(handover, journal, fd);
	r = ask_groups(&question);
	/* Whatever becomes of the wait, nobody stands behind this journal any more, and recovery is to know that. */
	if (r != 1 && journal->state == JOURNAL_HELD)
		(void)journal_mark(fd, JOURNAL_RETURNING);
	if (r == 0)
		r = clock_await(ask_groups, &question, deadline_ms);
	if (r < 0)
		return refusal_set(
			refusal, REFUSAL_FAILED, "cannot look at VFIO group %d: %s", question.open, strerror(-r));
	if (r == 0)
		return refusal_set(refusal, REFUSAL_FAILED,
			"VFIO group %d is still open; run 'gpu-handoff recover' when the process that has it has ended",
			question.open);
	context_begin(handover);
	if (sum == EVENT_RETURNED)
		context_tell_intent(handover, EVENT_RETURNS, journal);
	text_init(&failure, sentence, sizeof(sentence));
	result = context_undo(handover, runtime, journal, fd, &failure);
	if (result == KERNEL_STUCK && journal->kind != JOURNAL_POISONED)
		(void)journal_remove(runtime, journal->owner);
	if (result == KERNEL_STUCK)
		return refusal_set(refusal, REFUSAL_POISONED,
			"%s; that function is poisoned until its driver returns or the host reboots; everything else "
			"was put back",
			sentence);
	if (result < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "%s; mend that, then run 'gpu-handoff recover'", sentence);
	r = journal_remove(runtime, journal->owner);
	/* Afterwards: their properties are to say that nobody has them. */
	context_announce(handover, runtime, journal, &handover->undo);
	context_announce_groups(handover, journal);
	if (r < 0)
		return context_refuse_state(refusal, r);
	context_tell_sum(handover, sum, journal, result);
	return result;
}

int handover_return(struct handover *handover, const char *owner, struct refusal *refusal)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false), lock CLOSE_FD = -1;
	int r;

	if (runtime < 0)
		return runtime == -ENOENT ? 0 : context_refuse_state(refusal, runtime);
	/* Most domains that stop are not ours: they must not wait for a handover that is. */
	r = journal_read(runtime, owner, handover->buffer, &handover->journal);
	if (r == -ENOENT)
		return 0;
	/* libvirt calls release once: whatever becomes of this call, also of its wait for the lock, recovery is to
	 * know. */
	if (r == 0 && handover->journal.state == JOURNAL_HELD)
		journal_disown(runtime, owner);
	r = context_lock(handover, runtime,
		r == 0 ? journal_owner(&handover->journal) : (struct event_owner){ .name = owner }, &lock, refusal);
	if (r < 0)
		return r;
	r = journal_read(runtime, owner, handover->buffer, &handover->journal);
	if (r < 0)
		return r == -ENOENT ? 0 : journal_refuse(owner, r, refusal);
	return context_give_back(handover, runtime, &handover->journal, EVENT_RETURNED, RELEASE_DEADLINE_MS, refusal);
}
