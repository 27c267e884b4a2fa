// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/context.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/execute.h"
#include "apply/lock.h"
#include "apply/pages.h"
#include "apply/poison.h"
#include "base/clock.h"
#include "probe/process.h"

struct handover *handover_new(const struct host *host, const struct observer *observer)
{
	/* Large, and most of it never touched. */
	struct handover *handover = calloc(1, sizeof(*handover));

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

void context_begin(struct handover *handover)
{
	/* Without it the first write tries again, and says why it cannot. */
	(void)handover->host->kernel->begin(handover->host);
	if (handover->observer && handover->observer->begins)
		handover->observer->begins(handover->observer->data);
}

/* Who asks the kernel is in the journal before it is asked: should we die, it is known who is still at it. */
static void record_writer(struct handover *handover, struct journal *journal, int fd)
{
	pid_t writer;

	/* Another one, where the last was left behind. */
	(void)handover->host->kernel->begin(handover->host);
	writer = handover->host->kernel->writer(handover->host);
	if (writer == journal->writer || writer <= 0)
		return;
	journal->writer = writer;
	if (process_probe_start(handover->host, writer, &journal->writer_start) == 1)
		(void)journal_append_writer(fd, journal);
}

/* While CPUs are taken, what somebody else has changed is theirs, and no reason to refuse. */
static int settle_step(struct handover *handover, int runtime, const struct journal *journal, const struct step *step)
{
	int r = context_settle(handover, runtime, journal);

	return r == STEP_STALE && step->new[0] ? 0 : r;
}

/* Of a pool, what has to stay: what the host had, and what others have added that have not gone. */
static uint64_t find_kept(struct handover *handover, int runtime, const struct journal *journal, struct pool_id pool)
{
	const struct page_orders *orders = &journal->plan.orders;

	/* Where that cannot be told, no more goes than what was there before stays. */
	if (context_gather(handover, runtime, journal->owner) < 0)
		return UINT64_MAX;
	for (unsigned int i = 0; i < orders->n_orders; i++) {
		const struct page_order *order = &orders->orders[i];
		uint64_t kept;

		if (order->node == pool.node && order->page_kib == pool.page_kib &&
			!__builtin_add_overflow(order->base, page_orders_count(&handover->added, pool), &kept))
			return kept;
	}
	return UINT64_MAX;
}

static int pages_step(struct handover *handover, int runtime, const struct journal *journal, const struct step *step)
{
	struct pages_result result;
	char sentence[128];
	int r = pages_set(handover->host, step, find_kept(handover, runtime, journal, step->pool), &result);

	if (r == STEP_SHORT)
		(void)snprintf(handover->why, sizeof(handover->why),
			"node %u had room for %" PRIu64 " more; shut down what has its memory, or give the domain less",
			step->pool.node, result.found);
	if (r >= 0 && result.in_use) {
		(void)snprintf(sentence, sizeof(sentence),
			"%" PRIu64 " huge pages of node %u are still in use: they go when they are freed",
			result.in_use, step->pool.node);
		context_note(handover, journal, sentence);
	}
	return r == KERNEL_STUCK ? STEP_LATE : r;
}

void context_describe_failure(const struct handover *handover, struct text *text, const struct step *step, int r)
{
	char sentence[STEP_SENTENCE_SIZE];

	if (!handover->why[0]) {
		step_describe_failure(text, step, r);
		return;
	}
	step_describe(step, sentence);
	text_add(text, "cannot %s: %s", sentence, handover->why);
}

int context_execute(struct handover *handover, int runtime, struct journal *journal, int fd, const struct step *step)
{
	uint64_t begin = clock_now_us();
	int r;

	record_writer(handover, journal, fd);
	handover->why[0] = '\0';
	if (step->kind == STEP_CPUS)
		r = settle_step(handover, runtime, journal, step);
	else if (step->kind == STEP_PAGES)
		r = pages_step(handover, runtime, journal, step);
	else
		r = step_execute(handover->host, step);
	/* Where that fails, the journal keeps the step, and the next who reads it finds who is at it. */
	if (r == KERNEL_STUCK)
		(void)poison_put(handover, runtime, journal, step);
	/* Which of many knobs somebody else has changed, a note says; the rest was done. */
	context_tell_step(handover, journal, step, step->kind == STEP_CPUS && r == STEP_STALE ? 0 : r, begin);
	return r;
}

int context_refuse_state(struct refusal *refusal, int r)
{
	if (r == -EPERM)
		return refusal_set(refusal, REFUSAL_STATE,
			"/run/gpu-handoff or a file in it is not root's alone; find out who made it, then remove it");
	return refusal_set(refusal, REFUSAL_STATE, "cannot use /run/gpu-handoff: %s%s", strerror(-r),
		r == -EACCES ? "; run it as root" : "");
}

int context_lock(
	struct handover *handover, int runtime, struct event_owner owner, int *ret_lock, struct refusal *refusal)
{
	int r = lock_acquire(runtime, 0);

	if (r == -ETIMEDOUT) {
		context_tell(handover, &(struct event){ .kind = EVENT_WAITS,
					       .owner = owner,
					       .sentence = "another handover is at work: waiting for its end" });
		r = lock_acquire(runtime, LOCK_DEADLINE_MS);
	}
	if (r == -ETIMEDOUT)
		return refusal_set(refusal, REFUSAL_LOCKED,
			"another handover has been at work for %d seconds; see 'journalctl -t gpu-handoff'",
			LOCK_DEADLINE_MS / 1000);
	if (r < 0)
		return context_refuse_state(refusal, r);
	*ret_lock = r;
	return 0;
}
