// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/hold.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/sign.h"

/* So many are named in a sentence. */
#define NAMED_MAX 3

/* What runs the host, or calls us: never stopped. logind has the nodes of those who sit at a seat, and lets go when
 * they do. */
static const char *const protected[] = { "systemd-", "dbus", "polkit", "libvirt", "virtqemud", "virtlogd", "ssh" };

static bool is_protected(const char *unit)
{
	for (size_t i = 0; i < sizeof(protected) / sizeof(protected[0]); i++) {
		if (strncmp(unit, protected[i], strlen(protected[i])) == 0)
			return true;
	}
	return false;
}

static bool is_stoppable(const struct holder *holder)
{
	switch (holder->unit.kind) {
	case UNIT_SERVICE:
		return !is_protected(holder->unit.name);
	case UNIT_SESSION:
	case UNIT_USER_SERVICE:
		return holder->unit.uid != UNIT_NO_UID;
	case UNIT_NONE:
	case UNIT_CONTAINER:
	case UNIT_MACHINE:
	case UNIT_OTHER:
	case UNIT_KINDS_:
		break;
	}
	return false;
}

static bool is_restarted(const struct settings *settings, const struct holder *holder)
{
	return holder->unit.kind == UNIT_SERVICE && settings_restarts(settings, holder->unit.name) &&
	       !is_protected(holder->unit.name);
}

/* Whether nothing that we may do makes it go. */
static bool is_in_the_way(const struct policy *policy, const struct settings *settings, const struct holder *holder)
{
	return !is_restarted(settings, holder) && !(policy->action == HOLDERS_STOP && is_stoppable(holder));
}

/* Adds a step with a unit or session, once. */
static void add_once(struct plan *plan, enum step_kind kind, const char *old, const char *new)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == kind && strcmp(step->old, old) == 0 && strcmp(step->new, new) == 0)
			return;
		n += step->kind == kind;
	}
	/* The check before the first unbind finds those for whom there is no room. */
	if (n < PLAN_UNITS_MAX)
		plan_add(plan, kind, (struct address){ 0 }, old, new);
}

static void add_end(struct plan *plan, const struct holder *holder)
{
	static const char prefix[] = "session-", suffix[] = ".scope";
	const char *name = holder->unit.name;
	char value[STEP_VALUE_SIZE];
	size_t length = strlen(name);

	if (holder->unit.kind == UNIT_SESSION && length > strlen(prefix) + strlen(suffix) &&
		strncmp(name, prefix, strlen(prefix)) == 0)
		(void)snprintf(value, sizeof(value), "%.*s", (int)(length - strlen(prefix) - strlen(suffix)),
			name + strlen(prefix));
	else
		(void)snprintf(value, sizeof(value), PLAN_USER "%u", holder->unit.uid);
	add_once(plan, STEP_END, value, "");
}

/* ---- sentences ---- */

static void name_holders(struct text *text, const struct occupancy *occupancy, const struct policy *policy,
	const struct settings *settings, struct address address, unsigned int *ret_n, bool *ret_stoppable)
{
	*ret_n = 0;
	*ret_stoppable = true;
	for (unsigned int i = 0; i < occupancy->holders.n_holders; i++) {
		const struct holder *holder = &occupancy->holders.holders[i];
		const struct node *node = occupancy_find_node(occupancy, holder, address);

		if (!node || !is_in_the_way(policy, settings, holder))
			continue;
		*ret_stoppable = *ret_stoppable && is_stoppable(holder);
		if ((*ret_n)++ >= NAMED_MAX)
			continue;
		text_add(text, *ret_n > 1 ? ", by " : "by ");
		holder_describe(text, holder);
		text_add(text, " through %s", node->name);
	}
	if (*ret_n > NAMED_MAX)
		text_add(text, " and by %u more", *ret_n - NAMED_MAX);
}

static const char *way_out(const struct policy *policy, bool stoppable, bool many)
{
	if (policy->action == HOLDERS_REFUSE)
		return stoppable ? ", or set holders action='stop'" : " first";
	return many ? " first: those are no services or sessions that may be stopped for you"
		    : " first: that is no service or session that may be stopped for you";
}

static int refuse_holders(const struct occupancy *occupancy, const struct policy *policy,
	const struct settings *settings, struct address address, struct refusal *refusal)
{
	char names[768];
	bool stoppable;
	unsigned int n;
	struct text text;

	text_init(&text, names, sizeof(names));
	name_holders(&text, occupancy, policy, settings, address, &n, &stoppable);
	return refusal_set(refusal, REFUSAL_HELD, "'%s' is used %s; stop %s%s", address_text(address).s, names,
		n > 1 ? "them" : "it", way_out(policy, stoppable, n > 1));
}

/* Whoever it is, and whatever was to be done about it: it is there. */
static int refuse_all_holders(const struct occupancy *occupancy, struct address address, struct refusal *refusal)
{
	static const struct settings nobody;
	static const struct policy policy = { .action = HOLDERS_REFUSE };
	char names[768];
	bool stoppable;
	unsigned int n;
	struct text text;

	text_init(&text, names, sizeof(names));
	name_holders(&text, occupancy, &policy, &nobody, address, &n, &stoppable);
	return refusal_set(refusal, REFUSAL_HELD, "'%s' is still used %s; stop %s first", address_text(address).s,
		names, n > 1 ? "them" : "it");
}

/* ---- one function ---- */

static int check_uses(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal)
{
	for (unsigned int i = 0; i < occupancy->activity.n_uses; i++) {
		const struct use *use = &occupancy->activity.uses[i];

		if (address_compare(use->owner, function->address) == 0)
			return refusal_set(refusal, REFUSAL_HELD, "'%s' is in use: %s; end that first",
				address_text(function->address).s, use->sentence);
	}
	return 0;
}

/* Who found no room may be the one that has it. */
static int check_room(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal)
{
	if (occupancy->holders.n_more == 0)
		return 0;
	return refusal_set(refusal, REFUSAL_HELD,
		"more processes use devices than can be told apart, and one of them may use '%s'; end some of the %u",
		address_text(function->address).s, occupancy->holders.n_holders + occupancy->holders.n_more);
}

int plan_check_free(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal)
{
	int r;

	r = check_uses(function, occupancy, refusal);
	if (r == 0 && occupancy_is_held(occupancy, function->address))
		r = refuse_all_holders(occupancy, function->address, refusal);
	if (r == 0)
		r = check_room(function, occupancy, refusal);
	return r == 0 ? sign_check(function, occupancy, refusal) : r;
}

static int stop_holders(const struct function *function, const struct occupancy *occupancy, const struct policy *policy,
	const struct settings *settings, struct plan *plan, struct refusal *refusal)
{
	for (unsigned int i = 0; i < occupancy->holders.n_holders; i++) {
		const struct holder *holder = &occupancy->holders.holders[i];

		if (!occupancy_find_node(occupancy, holder, function->address))
			continue;
		if (is_in_the_way(policy, settings, holder))
			return refuse_holders(occupancy, policy, settings, function->address, refusal);
		if (holder->unit.kind == UNIT_SERVICE)
			add_once(plan, STEP_STOP, holder->unit.name, "");
		else
			add_end(plan, holder);
	}
	return 0;
}

/* nvidia-persistenced turns persistence mode off and on again when it stops and starts. */
static bool is_held_by_restarted(
	const struct function *function, const struct occupancy *occupancy, const struct settings *settings)
{
	for (unsigned int i = 0; i < occupancy->holders.n_holders; i++) {
		const struct holder *holder = &occupancy->holders.holders[i];

		if (is_restarted(settings, holder) && occupancy_find_node(occupancy, holder, function->address))
			return true;
	}
	return false;
}

/* Where those have it who will go, what is at work is theirs, or persistence mode's; else it is that, or not known. */
static int quiet(const struct function *function, const struct occupancy *occupancy, const struct settings *settings,
	struct plan *plan, struct refusal *refusal)
{
	const struct persistence *persistence = occupancy_find_persistence(occupancy, function->address);

	if (is_held_by_restarted(function, occupancy, settings))
		return 0;
	if (persistence && persistence->enabled && occupancy_activity(occupancy, function->address)->vectors > 0) {
		plan_add(plan, STEP_PERSISTENCE, function->address, "1", "0");
		return 0;
	}
	return occupancy_is_held(occupancy, function->address) ? 0 : sign_check(function, occupancy, refusal);
}

int plan_hold(const struct function *function, const struct occupancy *occupancy, const struct policy *policy,
	const struct settings *settings, struct plan *plan, struct refusal *refusal)
{
	int r;

	r = sign_check_generation(function, occupancy, refusal);
	if (r == 0)
		r = check_uses(function, occupancy, refusal);
	if (r == 0)
		r = stop_holders(function, occupancy, policy, settings, plan, refusal);
	if (r == 0)
		r = check_room(function, occupancy, refusal);
	return r == 0 ? quiet(function, occupancy, settings, plan, refusal) : r;
}

void plan_restart(const struct settings *settings, struct plan *plan)
{
	unsigned int n_steps = plan->n_steps;

	for (unsigned int i = 0; i < n_steps; i++) {
		if (plan->steps[i].kind == STEP_STOP && settings_restarts(settings, plan->steps[i].old))
			plan_add(plan, STEP_START, (struct address){ 0 }, "", plan->steps[i].old);
	}
}
