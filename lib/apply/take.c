// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "apply/context.h"
#include "apply/execute.h"
#include "apply/poison.h"
#include "base/clock.h"
#include "base/fd.h"
#include "host/runtime.h"
#include "probe/config.h"
#include "probe/critical.h"
#include "probe/daemon.h"
#include "probe/inventory.h"
#include "probe/occupancy.h"
#include "probe/process.h"

/* Nothing that takes the lock of a poisoned device is read, so this comes before anything that does. */
static int check_poisoned(struct handover *handover, int runtime, struct address address, struct refusal *refusal)
{
	const struct inventory *inventory = &handover->inventory;
	const struct function *named = inventory_find(inventory, address);

	for (unsigned int i = 0; i < inventory->n_functions && runtime >= 0; i++) {
		const struct function *function = &inventory->functions[i];

		if (function->iommu_group == named->iommu_group && address_same_slot(function->address, address) &&
			poison_has(runtime, function->address, function->identity, handover->buffer, &handover->poison))
			return poison_refuse(function->address, refusal);
	}
	return 0;
}

static int probe_hostdevs(struct handover *handover, int runtime, const struct domain *domain, struct refusal *refusal)
{
	int r;

	handover->inventory.n_functions = 0;
	for (unsigned int i = 0; i < domain->n_hostdevs; i++) {
		r = inventory_probe(handover->host, domain->hostdevs[i], &handover->inventory);
		if (r == 0)
			r = check_poisoned(handover, runtime, domain->hostdevs[i], refusal);
		if (r == -ECANCELED)
			return r;
		if (r == 0)
			r = inventory_probe_overrides(handover->host, domain->hostdevs[i], &handover->inventory);
		if (r == KERNEL_STUCK)
			return refusal_set(refusal, REFUSAL_POISONED,
				"'%s' is locked by its driver: somebody is binding or unbinding it; wait for that, or "
				"reboot if it never ends",
				address_text(domain->hostdevs[i]).s);
		/* What is not there is for the plan to refuse. */
		if (r < 0 && r != -ENOENT)
			return refusal_set(refusal, REFUSAL_STATE, "cannot read '%s' in sysfs: %s",
				address_text(domain->hostdevs[i]).s, strerror(-r));
	}
	r = critical_probe(handover->host, &handover->inventory);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_STATE, "cannot tell what the host lives on: %s", strerror(-r));
	return 0;
}

/* The functions that may be taken. Returns whether a driver of the host has one of them. */
static bool find_taken(const struct inventory *inventory, const struct domain *domain, struct inventory *ret)
{
	bool bound = false;

	ret->n_functions = 0;
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		const struct function *function = &inventory->functions[i];

		for (unsigned int j = 0; j < domain->n_hostdevs; j++) {
			if (!address_same_slot(function->address, domain->hostdevs[j]))
				continue;
			(void)inventory_put(ret, function);
			bound = bound || (function->driver[0] && strcmp(function->driver, PLAN_DRIVER) != 0);
		}
	}
	return bound;
}

static int probe_occupancy(struct handover *handover, const struct domain *domain, struct refusal *refusal)
{
	struct occupancy *occupancy = &handover->occupancy;
	int r;

	if (!find_taken(&handover->inventory, domain, &occupancy->functions)) {
		occupancy->nodes.n_nodes = 0;
		memset(&occupancy->holders, 0, sizeof(occupancy->holders));
		memset(&occupancy->activity, 0, sizeof(occupancy->activity));
		return 0;
	}
	r = occupancy_probe(handover->host, occupancy);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_STATE, "cannot tell who uses the hostdevs: %s",
			r == KERNEL_STUCK ? "the nvidia driver does not answer; see 'journalctl -k'" : strerror(-r));
	/* An ordinary user is shown a plan all the same. */
	if (occupancy->holders.n_hidden && geteuid() == 0)
		return refusal_set(refusal, REFUSAL_STATE,
			"%u processes cannot be looked at, so nobody can tell who uses the hostdevs; run the libvirt "
			"daemon with CAP_SYS_PTRACE, outside of containers",
			occupancy->holders.n_hidden);
	return 0;
}

static int make_plan(struct handover *handover, int runtime, const struct domain *domain, struct refusal *refusal)
{
	struct situation situation = {
		.inventory = &handover->inventory,
		.module_loaded = driver_is_loaded(handover->host, PLAN_DRIVER) == 1,
		.settings = &handover->settings,
		/* A recorded machine has no processes. */
		.occupancy = handover->host->kernel == &kernel_recorded ? NULL : &handover->occupancy,
	};
	unsigned int n_notes;
	int r;

	r = context_see_resources(handover, runtime, domain, &situation, refusal);
	if (r == 0)
		r = probe_hostdevs(handover, runtime, domain, refusal);
	if (r == 0 && situation.occupancy)
		r = probe_occupancy(handover, domain, refusal);
	if (r < 0)
		return r;
	n_notes = handover->notes.n;
	r = plan_take(domain, &situation, &handover->journal.plan, &handover->notes, refusal);
	/* Where nobody has the card, or all who have it will go, persistence mode may be what keeps it at work. */
	if (situation.occupancy && (r == 0 || refusal->reason == REFUSAL_HELD) &&
		occupancy_probe_persistence(handover->host, r == 0, &handover->occupancy) > 0) {
		handover->notes.n = n_notes;
		r = plan_take(domain, &situation, &handover->journal.plan, &handover->notes, refusal);
	}
	if (r < 0 || runtime < 0)
		return r;
	return context_check_free(handover, runtime, domain->name[0] ? domain->uuid : NULL, !domain->name[0], refusal);
}

int handover_plan(struct handover *handover, const struct domain *domain, struct outlook *ret, struct refusal *refusal)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false);
	int r;

	/* An ordinary user sees the plan, not what other domains hold. */
	if (runtime < 0 && runtime != -ENOENT && runtime != -EACCES)
		return context_refuse_state(refusal, runtime);
	config_probe(handover->host, &handover->settings);
	handover->occupancy.n_persistences = 0;
	r = make_plan(handover, runtime, domain, refusal);
	if (r == 0)
		context_foresee(handover);
	*ret = (struct outlook){
		.inventory = &handover->inventory,
		.plan = &handover->journal.plan,
		.knobs = &handover->knobs,
		.notes = &handover->notes,
	};
	return r;
}

/* A session is what nobody can give back. */
static bool has_ended(const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->n_steps; i++) {
		if (plan->steps[i].kind == STEP_END)
			return true;
	}
	return false;
}

/* Puts back what was done until a failure, and makes the refusal of both. */
static int roll_back(
	struct handover *handover, int runtime, int fd, int r, struct text *failure, struct refusal *refusal)
{
	bool stuck = r == KERNEL_STUCK, ended = has_ended(&handover->journal.plan);
	int result;

	text_add(failure, "; ");
	result = context_undo(handover, runtime, &handover->journal, fd, failure);
	if (result == KERNEL_STUCK)
		text_add(failure, "; ");
	stuck = stuck || result == KERNEL_STUCK;
	if (result < 0 && result != KERNEL_STUCK)
		return refusal_set(
			refusal, REFUSAL_FAILED, "%s; mend both, then run 'gpu-handoff recover'", failure->buffer);
	r = journal_remove(runtime, handover->journal.owner);
	if (r < 0)
		text_add(failure, "cannot remove the journal: %s; ", strerror(-r));
	context_announce(handover, runtime, &handover->journal, &handover->undo);
	if (stuck)
		return refusal_set(refusal, REFUSAL_POISONED,
			"%sthat function is poisoned until its driver returns or the host reboots; everything else "
			"was put back; see 'gpu-handoff status'",
			failure->buffer);
	return refusal_set(refusal, REFUSAL_FAILED, "%s%s was put back; see 'journalctl -t gpu-handoff -t kernel'",
		failure->buffer,
		result  ? "what nobody else had changed"
		: ended ? "everything but the sessions that were ended"
			: "everything");
}

static void note_forgotten(struct handover *handover)
{
	const struct journal *journal = &handover->journal;

	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		char sentence[128];
		struct text text;

		if (!journal->plan.taken[i].forgotten)
			continue;
		text_init(&text, sentence, sizeof(sentence));
		text_add(&text, "'%s' is not in the domain, but in the same slot and IOMMU group: it goes along",
			address_text(journal->plan.taken[i].address).s);
		context_note(handover, journal, sentence);
	}
}

/* Does the step after it is in the journal, and says why it cannot. */
static int carry_out_step(
	struct handover *handover, int runtime, int fd, const struct step *step, bool again, struct text *failure)
{
	uint64_t begin = clock_now_us();
	struct refusal held;
	int r;

	/* It changes nothing, so there is nothing to record. */
	if (step->kind == STEP_FREE) {
		r = context_await_free(handover, step, again, &held);
		context_tell_step(handover, &handover->journal, step, r < 0 ? STEP_HELD : 0, begin);
		if (r < 0)
			text_add(failure, "%s", held.sentence);
		return r;
	}
	r = journal_append(fd, step);
	if (r >= 0)
		r = context_execute(handover, runtime, &handover->journal, fd, step);
	/* The card is free: a service that does not start again is told of, and no reason to refuse. */
	if (step->kind == STEP_START)
		return 0;
	if (r < 0)
		context_describe_failure(handover, failure, step, r);
	return r;
}

/* A service that has stopped meanwhile, or had long ago and left a process behind, is not ours to start again. */
static void drop_stop(struct plan *plan, unsigned int i, unsigned int *n_steps)
{
	char unit[STEP_VALUE_SIZE];

	memcpy(unit, plan->steps[i].old, sizeof(unit));
	for (; i < *n_steps; i++) {
		const struct step *step = &plan->steps[i];

		if (strcmp(unit, step->kind == STEP_STOP ? step->old : step->kind == STEP_START ? step->new : "") != 0)
			continue;
		(*n_steps)--;
		memmove(&plan->steps[i], &plan->steps[i + 1], (*n_steps - i) * sizeof(*step));
		i--;
	}
}

/* Carries out the plan of handover->journal, whose head is set. No allocation from here on. */
static int carry_out(struct handover *handover, int runtime, struct refusal *refusal)
{
	struct journal *journal = &handover->journal;
	unsigned int n_steps = journal->plan.n_steps;
	char sentence[sizeof(refusal->sentence)];
	struct text failure;
	int fd CLOSE_FD = -1;
	int r = 0;

	context_begin(handover);
	fd = journal_create(runtime, journal);
	if (fd < 0)
		return context_refuse_state(refusal, fd);
	text_init(&failure, sentence, sizeof(sentence));
	context_tell_intent(handover, EVENT_TAKES, journal);
	note_forgotten(handover);
	for (unsigned int i = 0; i < handover->notes.n; i++)
		context_note(handover, journal, handover->notes.lines[i]);
	for (unsigned int i = 0; i < n_steps && r >= 0; i++) {
		const struct step *step = &journal->plan.steps[i];

		if (step_is_stopped(handover->host, step)) {
			drop_stop(&journal->plan, i--, &n_steps);
			continue;
		}
		/* What is undone are the steps that were begun. */
		journal->plan.n_steps = i + 1;
		r = carry_out_step(handover, runtime, fd, step, i > 0 && step[-1].kind == STEP_FREE, &failure);
		/* Somebody else has changed the pool since it was looked at: what is in it is theirs. */
		if (r == STEP_STALE && step->kind == STEP_PAGES)
			journal->plan.n_steps = i;
	}
	if (r >= 0) {
		r = journal_mark(fd, JOURNAL_HELD);
		if (r < 0)
			text_add(&failure, "cannot write the journal: %s", strerror(-r));
	}
	if (r < 0)
		return roll_back(handover, runtime, fd, r, &failure, refusal);
	context_tell_sum(handover, EVENT_TAKEN, journal, 0);
	context_announce(handover, runtime, journal, &journal->plan);
	return 0;
}

static bool is_nothing(const struct plan *plan)
{
	return plan->n_taken == 0 && plan->n_steps == 0 && !plan->has_claim && plan->orders.n_orders == 0;
}

int context_take(struct handover *handover, int runtime, const struct domain *domain, struct refusal *refusal)
{
	struct refusal elsewhere;
	int r;

	/* Others' leftovers are no reason to refuse: what they hold, context_check_free() finds. */
	r = context_sweep(handover, runtime, false, &elsewhere);
	if (r < 0)
		context_note(handover, &handover->journal, elsewhere.sentence);
	context_begin_sum(handover);
	r = make_plan(handover, runtime, domain, refusal);
	if (r < 0)
		return r;
	/* Of a domain without a hostdev, and without more than is there already. */
	return is_nothing(&handover->journal.plan) ? 0 : carry_out(handover, runtime, refusal);
}

/* What the last run of this domain left. A domain that starts is not running: it is put back, or nothing is done. */
static int take_back_own(struct handover *handover, int runtime, const char *owner, struct refusal *refusal)
{
	struct journal *journal = &handover->other;
	int r = journal_read(runtime, owner, handover->buffer, journal);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return journal_refuse(owner, r, refusal);
	context_say(handover, EVENT_INTERRUPTED, journal, NULL,
		"its last run was interrupted: putting back what that had changed");
	return context_give_back(handover, runtime, journal, EVENT_RECOVERED, RELEASE_DEADLINE_MS, refusal);
}

/* Under the lock. pid: who stands behind it from then on, or 0. */
static int take_for(struct handover *handover, int runtime, const struct domain *domain, pid_t pid, bool is_command,
	struct refusal *refusal)
{
	struct journal *journal = &handover->journal;
	uint64_t start;
	int r = take_back_own(handover, runtime, domain->uuid, refusal);

	if (r < 0)
		return r;
	memset(journal, 0, sizeof(*journal));
	(void)text_copy(journal->owner, sizeof(journal->owner), domain->uuid);
	(void)text_copy(journal->name, sizeof(journal->name), domain->name);
	r = !pid         ? 0
	    : is_command ? process_probe_start(handover->host, pid, &start)
			 : daemon_probe(handover->host, pid, &start);
	if (r == 1) {
		journal->daemon = pid;
		journal->daemon_start = start;
		journal->is_command = is_command;
	}
	return context_take(handover, runtime, domain, refusal);
}

static int take(
	struct handover *handover, int runtime, const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	return take_for(handover, runtime, domain, daemon, false, refusal);
}

static int take_for_command(
	struct handover *handover, int runtime, const struct domain *domain, pid_t command, struct refusal *refusal)
{
	return take_for(handover, runtime, domain, command, true, refusal);
}

int handover_take(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	if (!domain->uuid[0])
		return refusal_set(refusal, REFUSAL_INPUT, "the domain XML has no uuid");
	return context_patiently(
		handover, (struct event_owner){ domain->name, domain->uuid }, take, domain, daemon, refusal);
}

int handover_take_for_command(
	struct handover *handover, const struct domain *domain, pid_t command, struct refusal *refusal)
{
	return context_patiently(handover, (struct event_owner){ domain->name, domain->uuid }, take_for_command, domain,
		command, refusal);
}
