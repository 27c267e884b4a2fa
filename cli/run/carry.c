// SPDX-License-Identifier: GPL-2.0-or-later
/* From a command that waits to cards that are home again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/run/run.h"
#include "host/manager.h"
#include "probe/run.h"

#define START_DEADLINE_MS 10000

/* By then a VMM has its memory, and its guest's driver its interrupts. Nobody tells us when. */
#define STARTED_MS 5000

static void tell(const struct run *run, const char *sentence)
{
	(void)fprintf(stderr, "gpu-handoff: %s: %s\n", run->order->domain.name, sentence);
}

/*
 * A scope, so that systemd knows when all of it has ended, and the service that then gives back what we have not.
 * Without systemd there is neither, and what a run that is killed has taken waits for 'gpu-handoff recover'.
 */
static int guard(const struct run *run, const struct child *child, struct refusal *refusal)
{
	const struct host *host = run->host;
	const char *uuid = run->order->domain.uuid;
	char unit[96], sentence[256];
	int r;

	(void)snprintf(unit, sizeof(unit), RUN_SCOPE_PREFIX "%s.scope", uuid);
	r = host->manager->start_scope(host, unit, "gpu-handoff: a command that has cards of its own", RUN_SLICE,
		child->pid, START_DEADLINE_MS);
	if (r < 0 && !cpuset_is_empty(&run->order->domain.demand.vcpus))
		return refusal_set(refusal, REFUSAL_CPUS,
			"--cpus wants the command in a scope of its own, and systemd makes none: %s", strerror(-r));
	(void)snprintf(unit, sizeof(unit), "gpu-handoff-run@%s.service", uuid);
	if (r >= 0)
		r = host->manager->start_unit(host, unit, START_DEADLINE_MS);
	if (r >= 0)
		return 0;
	(void)snprintf(sentence, sizeof(sentence),
		"systemd does not look after it: %s; if gpu-handoff is killed, 'gpu-handoff recover' returns the cards",
		strerror(-r));
	tell(run, sentence);
	return 0;
}

static void tell_runs(const struct run *run, bool runs)
{
	if (run->runs)
		*run->runs = runs;
}

static void see_started(void *data)
{
	const struct run *run = data;

	handover_started(run->handover, &run->order->domain);
}

/* The cards are there. Returns 0, and *ret_status is that of the command; or -ECANCELED with the refusal filled. */
static int run_child(const struct run *run, struct child *child, int *ret_status, struct refusal *refusal)
{
	int r = child_go(run, child, ret_status, refusal);

	if (r < 0)
		return r;
	tell_runs(run, true);
	r = child_wait(child, see_started, (void *)run, STARTED_MS);
	tell_runs(run, false);
	if (r < 0)
		return refusal_set(
			refusal, REFUSAL_FAILED, "cannot tell how '%s' has ended: %s", run->words[0], strerror(-r));
	*ret_status = r;
	return 0;
}

int run_order(const struct run *run, int *ret_status, struct refusal *refusal)
{
	const struct domain *domain = &run->order->domain;
	struct refusal returning;
	struct child child;
	int r = child_start(run, &child);

	*ret_status = EXIT_REFUSED;
	if (r < 0)
		return refusal_set(refusal, REFUSAL_STATE, "cannot start a process: %s", strerror(-r));
	r = guard(run, &child, refusal);
	if (r >= 0)
		r = handover_take_for_command(run->handover, domain, child.pid, refusal);
	if (r < 0) {
		child_drop(&child);
		return r;
	}
	r = run_child(run, &child, ret_status, refusal);
	if (r >= 0 && run_is_populated(run->host, domain->name)) {
		tell(run, "it has left processes, which keep the cards: these come back when they end");
		return r;
	}
	if (handover_return(run->handover, domain->uuid, &returning) >= 0)
		return r;
	*ret_status = EXIT_REFUSED;
	return refusal_set(refusal, returning.reason, "%s%s%.700s", r < 0 ? refusal->sentence : "the command has ended",
		r < 0 ? "; " : ", and its cards are not back: ", returning.sentence);
}
