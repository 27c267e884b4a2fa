// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/context.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/execute.h"
#include "apply/lock.h"
#include "apply/poison.h"
#include "base/clock.h"
#include "probe/process.h"

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

static void note(struct handover *handover, const char *owner, const char *sentence)
{
	if (handover->observer && handover->observer->noted)
		handover->observer->noted(handover->observer->data, owner, sentence);
}

void context_note(struct handover *handover, const struct journal *journal, const char *sentence)
{
	note(handover, journal_owner_name(journal), sentence);
}

void context_note_wait(
	struct handover *handover, const char *owner, unsigned int seconds, const struct refusal *refusal)
{
	char sentence[sizeof(refusal->sentence) + 64];

	(void)snprintf(sentence, sizeof(sentence), "waiting for up to %u seconds: %s", seconds, refusal->sentence);
	note(handover, owner, sentence);
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

void context_tell(
	struct handover *handover, const struct journal *journal, const struct step *step, int r, uint64_t begin)
{
	if (handover->observer && handover->observer->stepped)
		handover->observer->stepped(
			handover->observer->data, journal_owner_name(journal), step, r, clock_now_us() - begin);
}

int context_execute(struct handover *handover, int runtime, struct journal *journal, int fd, const struct step *step)
{
	uint64_t begin = clock_now_us();
	int r;

	record_writer(handover, journal, fd);
	r = step_execute(handover->host, step);
	/* Where that fails, the journal keeps the step, and the next who reads it finds who is at it. */
	if (r == KERNEL_STUCK)
		(void)poison_put(handover, runtime, journal, step);
	context_tell(handover, journal, step, r, begin);
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

int context_lock(struct handover *handover, int runtime, const char *owner, int *ret_lock, struct refusal *refusal)
{
	int r = lock_acquire(runtime, 0);

	if (r == -ETIMEDOUT) {
		note(handover, owner, "another handover is at work: waiting for its end");
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
