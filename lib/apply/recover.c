// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "apply/context.h"
#include "apply/execute.h"
#include "apply/ledger.h"
#include "apply/poison.h"
#include "base/fd.h"
#include "host/runtime.h"
#include "probe/daemon.h"
#include "probe/process.h"
#include "probe/run.h"

/* While whoever stands behind it lives, it is theirs, even if nobody has opened the group yet. */
static const char *find_why_owned(const struct handover *handover, const struct journal *journal)
{
	uint64_t start;
	int r;

	if (!journal->daemon)
		return NULL;
	if (journal->is_command)
		return process_is_alive(handover->host, journal->daemon, journal->daemon_start) != 0 ||
				       run_is_populated(handover->host, journal->name)
			       ? "the command that it was taken for runs: end that, which returns it"
			       : NULL;
	r = daemon_probe(handover->host, journal->daemon, &start);
	return r < 0 || (r == 1 && start == journal->daemon_start) ? "its domain starts or runs under a libvirt daemon "
								     "that lives: stop the domain, which returns it"
								   : NULL;
}

/* Why a journal is left alone, or NULL when nobody stands behind it any more. */
static const char *find_why_left(const struct handover *handover, const struct journal *journal)
{
	const char *owned;
	int group;

	if (journal->kind == JOURNAL_POISONED)
		return poison_is_over(handover->host, journal) ? NULL : "its driver has not let go of it yet";
	if (journal->state != JOURNAL_HELD)
		return NULL;
	if (journal->kind == JOURNAL_DETACHED)
		return "it was detached on purpose: 'gpu-handoff reattach' returns it";
	owned = find_why_owned(handover, journal);
	if (owned)
		return owned;
	/* libvirt resets the devices of a domain that stopped: a host driver must not have them by then. */
	if (!journal->is_command && daemon_keeps_domain(handover->host, journal->name) != 0)
		return "libvirt has not finished with its domain: stop it, or start libvirt's daemon, which returns it";
	if (context_groups_free(handover->host, journal, &group) != 1)
		return journal->is_command
			       ? "a process that the command left behind has its VFIO group open: end that to return it"
			       : "a process has its VFIO group open: stop the domain to return it";
	return NULL;
}

/* Reads every journal, and shows it to a function. A journal that cannot be read is a refusal. */
struct walk {
	struct handover *handover;
	int runtime, directory; /* that of the journals at hand: itself, or the one of the records below it */
	void (*visit)(struct walk *walk, struct journal *journal, const char *why_left);
	void *data; /* visit's own */
	struct refusal *refusal;
	int undone, failed;
};

static void walk_failed(struct walk *walk, const struct refusal *refusal)
{
	if (walk->failed++ == 0)
		*walk->refusal = *refusal;
}

static int walk_journal(const char *owner, void *data)
{
	struct walk *walk = data;
	struct journal *journal = &walk->handover->other;
	struct refusal refusal;
	int r;

	r = journal_read(walk->directory, owner, walk->handover->buffer, journal);
	if (r == 0) {
		walk->visit(walk, journal, find_why_left(walk->handover, journal));
	} else if (r != -ENOENT) {
		(void)journal_refuse(owner, r, &refusal);
		walk_failed(walk, &refusal);
	}
	return 0;
}

static int walk_journals(struct walk *walk)
{
	int records CLOSE_FD = poison_open(walk->runtime);
	int r = records == -ENOENT || records >= 0 ? 0 : records;

	/* What came free after all goes home first: it may be what the others are about. */
	walk->directory = records;
	if (r == 0 && records >= 0)
		r = journal_for_each(records, walk_journal, walk);
	if (records >= 0)
		poison_tidy(walk->runtime);
	walk->directory = walk->runtime;
	if (r >= 0)
		r = journal_for_each(walk->runtime, walk_journal, walk);
	if (r < 0)
		return context_refuse_state(walk->refusal, r);
	return walk->failed ? -ECANCELED : walk->undone;
}

static void sweep_journal(struct walk *walk, struct journal *journal, const char *why_left)
{
	const bool *told = walk->data;
	struct refusal refusal;

	if (why_left) {
		if (*told)
			context_note(walk->handover, journal, why_left);
		return;
	}
	context_say(walk->handover, EVENT_INTERRUPTED, journal, NULL,
		journal->kind == JOURNAL_POISONED ? "its driver has returned: putting it back"
						  : "a handover was interrupted: putting back what it had changed");
	if (context_give_back(walk->handover, walk->directory, journal, EVENT_RECOVERED, 0, &refusal) < 0)
		walk_failed(walk, &refusal);
	else
		walk->undone++;
}

/* Whether knobs are turned for nobody: 1, 0 or -errno. */
static int is_left(struct handover *handover, int runtime)
{
	int r;

	if (!ledger_exists(runtime))
		return 0;
	r = context_gather(handover, runtime, NULL);
	return r < 0 ? r : !claims_turn(&handover->claims);
}

/*
 * The ledger may have lost its journals, or a process died while it turned the knobs for those that run. always: see to
 * it whoever has a claim.
 */
static void settle_left(struct walk *walk, bool always)
{
	struct handover *handover = walk->handover;
	struct journal *journal = &handover->other;
	struct refusal refusal;
	bool left;
	int r;

	if (!ledger_exists(walk->runtime)) {
		ledger_tidy(walk->runtime);
		return;
	}
	r = is_left(handover, walk->runtime);
	left = r > 0;
	if (r == 0 && !always)
		return;
	memset(journal, 0, sizeof(*journal));
	(void)text_copy(journal->name, sizeof(journal->name), "recover");
	journal->state = JOURNAL_RETURNING;
	context_begin_sum(handover);
	if (left)
		context_say(handover, EVENT_INTERRUPTED, journal, NULL,
			"CPUs are still turned for domains that are gone: putting them back");
	context_begin(handover);
	if (r >= 0)
		r = context_settle(handover, walk->runtime, journal);
	if (r >= 0 || r == STEP_STALE) {
		/* What is of CPUs that are offline stays turned. */
		left = left && !ledger_exists(walk->runtime);
		walk->undone += left;
		handover->n_changes = handover->n_turned;
		if (left)
			context_tell_sum(handover, EVENT_RECOVERED, journal, r == STEP_STALE);
		return;
	}
	(void)refusal_set(&refusal, REFUSAL_FAILED, "cannot set the host's CPUs as the running domains want them: %s",
		handover->why[0] ? handover->why : strerror(-r));
	walk_failed(walk, &refusal);
}

int context_sweep(struct handover *handover, int runtime, bool told, struct refusal *refusal)
{
	int r;
	struct walk walk = {
		.handover = handover,
		.runtime = runtime,
		.visit = sweep_journal,
		.data = &told,
		.refusal = refusal,
	};

	r = walk_journals(&walk);
	/* One that failed has its own claim still in the way. */
	if (r >= 0)
		settle_left(&walk, told);
	return walk.failed ? -ECANCELED : r < 0 ? r : walk.undone;
}

int handover_recover(struct handover *handover, struct refusal *refusal)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false), lock CLOSE_FD = -1;
	int r;

	if (runtime < 0)
		return runtime == -ENOENT ? 0 : context_refuse_state(refusal, runtime);
	r = context_lock(handover, runtime, (struct event_owner){ .name = "recover" }, &lock, refusal);
	if (r < 0)
		return r;
	return context_sweep(handover, runtime, true, refusal);
}

struct look {
	struct handover *handover;
	int directory;
	void (*visit)(void *data, const struct journal *journal);
	void *data;
};

static int look_at(const char *owner, void *data)
{
	const struct look *look = data;
	struct journal *journal = &look->handover->other;

	if (journal_read(look->directory, owner, look->handover->buffer, journal) == 0)
		look->visit(look->data, journal);
	return 0;
}

int handover_look(struct handover *handover, void (*visit)(void *data, const struct journal *journal), void *data)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false), records CLOSE_FD = -1;
	struct look look = { .handover = handover, .directory = runtime, .visit = visit, .data = data };
	int r;

	if (runtime < 0)
		return runtime == -ENOENT ? 0 : runtime;
	r = journal_for_each(runtime, look_at, &look);
	records = poison_open(runtime);
	look.directory = records;
	if (r >= 0 && records >= 0)
		r = journal_for_each(records, look_at, &look);
	return r;
}

struct survey {
	void (*visit)(void *data, const struct journal *journal, const char *why_left);
	void *data;
};

static void survey_journal(struct walk *walk, struct journal *journal, const char *why_left)
{
	const struct survey *survey = walk->data;

	survey->visit(survey->data, journal, why_left);
}

int handover_survey(struct handover *handover,
	void (*visit)(void *data, const struct journal *journal, const char *why_left), void *data,
	struct refusal *refusal)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false), lock CLOSE_FD = -1;
	struct survey survey = { .visit = visit, .data = data };
	struct walk walk = {
		.handover = handover,
		.runtime = runtime,
		.visit = survey_journal,
		.data = &survey,
		.refusal = refusal,
	};
	int r;

	if (runtime < 0)
		return runtime == -ENOENT ? 0 : context_refuse_state(refusal, runtime);
	/* A handover at work is half done in the journal, and not interrupted. */
	r = context_lock(handover, runtime, (struct event_owner){ .name = "recover" }, &lock, refusal);
	if (r == 0)
		r = walk_journals(&walk);
	if (r == 0)
		r = is_left(handover, runtime);
	return r < 0 && r != -ECANCELED ? context_refuse_state(refusal, r) : r;
}
