// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Control groups: which of them are narrowed, and which are bound to CPUs by somebody else. Of systemd's units the
 * property is changed, of all others the file of the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "host/manager.h"
#include "probe/dropin.h"
#include "probe/knobs_look.h"

struct units {
	struct knobs_look *look;
	int systemd;    /* /run/systemd, or -1 */
	bool unmanaged; /* there is no systemd */
	bool silent;    /* it does not answer */
};

/* What leads to a VM, or may be one that is about to start, is not narrowed, and what is narrow there is widened. */
static int find_exempt(const struct group *group)
{
	if (group->way || group->awaited)
		return KNOB_EXEMPT_ALL;
	return group->machine && group->claim < 0 ? KNOB_EXEMPT_NEEDS : group->claim;
}

static void see(struct knob *knob, const struct group *group)
{
	if (knob)
		knob->exempt = find_exempt(group);
}

/* What is not seen of these may be there. */
static void be_blind(struct knobs *knobs)
{
	knobs->blind |= 1U << KNOB_ALLOWED | 1U << KNOB_CPUSET | 1U << KNOB_DROPIN;
}

/* Without its answer nothing is narrowed; what is given back waits for the next time. */
static int give_up(struct units *units, const char *unit, int error)
{
	struct knobs_look *look = units->look;
	struct text text;
	char name[128];

	units->silent = true;
	be_blind(look->knobs);
	text_init(&text, name, sizeof(name));
	text_add_foreign(&text, unit);
	if (look->isolates)
		return refusal_set(look->refusal, REFUSAL_CPUS, "cannot ask systemd which CPUs '%s' may use: %s", name,
			strerror(-error));
	notes_add(look->notes, "cannot ask systemd which CPUs '%s' may use: %s", name, strerror(-error));
	return 1;
}

/* Returns 1 when it is a unit; 0 when it is none; -ECANCELED. */
static int see_unit(struct units *units, const struct group *group)
{
	struct knobs_look *look = units->look;
	const char *unit = group_unit(group->path);
	struct cpuset allowed = { 0 };
	int r;

	if (units->unmanaged || units->silent)
		return units->silent;
	r = look->host->manager->get_allowed_cpus(look->host, unit, &allowed, MANAGER_DEADLINE_MS);
	units->unmanaged = r == -EOPNOTSUPP;
	if (units->unmanaged)
		be_blind(look->knobs);
	if (r == -ENOENT || r == -EINVAL || r == -EOPNOTSUPP)
		return 0;
	if (r < 0)
		return give_up(units, unit, r);
	see(knobs_look_cpus(look, KNOB_ALLOWED, group->path, &allowed), group);
	see(knobs_look_word(look, KNOB_DROPIN, group->path, dropin_probe(units->systemd, unit)), group);
	return 1;
}

static bool looks_like_unit(const char *path)
{
	return group_ends(path, ".slice") || group_ends(path, ".scope") || group_ends(path, ".service");
}

static int see_group(struct units *units, const struct group *group)
{
	int r = looks_like_unit(group->path) ? see_unit(units, group) : 0;

	/* Of a unit that systemd does not tell of, the file is left alone as well: it is systemd's. */
	if (r == 0 || (r > 0 && !units->silent))
		see(knobs_look_cpus(units->look, KNOB_CPUSET, group->path, &group->cpus), group);
	return r;
}

/* What somebody else has bound a control group to: not what we have, but what was there before that. */
static struct cpuset own_cpus(struct knobs *knobs, const struct group *group)
{
	static const enum knob_kind kinds[] = { KNOB_CPUSET, KNOB_ALLOWED };
	const union knob_value current = { .cpus = group->cpus };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct knob *knob = knobs_find(knobs, kinds[i], group->path);

		if (knob && knob->known &&
			(knob_same(kinds[i], &current, &knob->last) || knob_same(kinds[i], &current, &knob->want)))
			return knob->base.cpus;
	}
	return group->cpus;
}

/* What it is bound to, with those above it; those on the way to a VM are bound for the VM, too. */
static struct cpuset find_need(struct knobs_look *look, const struct group *group)
{
	struct cpuset cpus = own_cpus(look->knobs, group);

	while (cpuset_is_empty(&cpus) && look->groups->groups[group->parent].way && *group->path) {
		group = &look->groups->groups[group->parent];
		cpus = own_cpus(look->knobs, group);
	}
	return cpus;
}

static void add_needs(struct knobs_look *look)
{
	struct knobs *knobs = look->knobs;
	unsigned int n_left = 0;

	for (unsigned int i = 1; i < look->groups->n_groups; i++) {
		const struct group *group = &look->groups->groups[i];
		struct cpuset cpus = find_need(look, group);

		if (group->way || group->claim >= 0 || cpuset_is_empty(&cpus) || cpuset_contains(&cpus, &look->online))
			continue;
		if (knobs->n_needs == KNOB_NEEDS_MAX) {
			n_left++;
			continue;
		}
		knobs->needs[knobs->n_needs].cpus = cpus;
		(void)text_copy(knobs->needs[knobs->n_needs].group, sizeof(knobs->needs[0].group), group->path);
		knobs->n_needs++;
	}
	if (n_left > 0)
		notes_add(look->notes, "%u more control groups are bound to CPUs than there is room for", n_left);
}

static void add_ways(struct knobs_look *look)
{
	struct knobs *knobs = look->knobs;

	for (unsigned int i = 1; i < look->groups->n_groups && knobs->n_ways < KNOB_WAYS_MAX; i++) {
		const struct group *group = &look->groups->groups[i];

		if (group->way)
			(void)text_copy(knobs->ways[knobs->n_ways++], sizeof(knobs->ways[0]), group->path);
	}
}

static bool is_known(struct knobs *knobs, const struct group *group)
{
	const struct knob *allowed = knobs_find(knobs, KNOB_ALLOWED, group->path);
	const struct knob *cpuset = knobs_find(knobs, KNOB_CPUSET, group->path);

	return (allowed && allowed->known) || (cpuset && cpuset->known);
}

/*
 * A slice that has gone since leaves its drop-in behind. Without the file there is nothing to remove, unless somebody
 * died who was about to: what else is there comes and goes with other properties, and with other units.
 */
static void see_left(struct units *units)
{
	struct knobs *knobs = units->look->knobs;

	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		const struct knob *knob = &knobs->knobs[i];
		const char *word;

		if (knob->kind != KNOB_DROPIN || !knob->known || knob->seen)
			continue;
		word = dropin_probe(units->systemd, group_unit(knob->key));
		if (strcmp(word, DROPIN_FILE) == 0 || (!knobs->settled && strcmp(word, knob->last.word) != 0))
			(void)knobs_look_word(units->look, KNOB_DROPIN, knob->key, word);
	}
}

/* What is in the way to a VM; and what was in one once, or led there, for that is to be given back. */
static int see_groups(struct units *units)
{
	const struct groups *groups = units->look->groups;
	int r = 0;

	for (unsigned int i = 1; i < groups->n_groups && r >= 0; i++) {
		const struct group *group = &groups->groups[i];

		if ((groups->groups[group->parent].way && !group->way) || is_known(units->look->knobs, group))
			r = see_group(units, group);
	}
	if (r >= 0 && !units->silent && !units->unmanaged)
		see_left(units);
	return r < 0 ? r : 0;
}

/* Where the host cannot be isolated, there is nothing to give back. */
static int complain(struct knobs_look *look, int error)
{
	if (!look->isolates) {
		be_blind(look->knobs);
		notes_add(look->notes, "cannot look at the control groups of the host: %s", strerror(-error));
		return 0;
	}
	if (error == -ENOENT)
		return refusal_set(look->refusal, REFUSAL_CPUS,
			"isolation wants the unified hierarchy of control groups, with cpuset in it; boot with "
			"'systemd.unified_cgroup_hierarchy=1', or let the domain say isolate='no'");
	return refusal_set(
		look->refusal, REFUSAL_CPUS, "cannot look at the control groups of the host: %s", strerror(-error));
}

int knobs_look_units(struct knobs_look *look)
{
	int systemd CLOSE_FD = -1;
	struct units units = { .look = look };
	int r;

	if (!knobs_look_wants(look, KNOB_ALLOWED) && !knobs_look_wants(look, KNOB_CPUSET) &&
		!knobs_look_wants(look, KNOB_DROPIN))
		return 0;
	r = groups_walk(look->host, look->claims, look->groups);
	if (r < 0)
		return complain(look, r);
	systemd = beneath_open(look->host->run, "systemd", O_PATH | O_DIRECTORY, 0);
	units.systemd = systemd;
	r = see_groups(&units);
	if (r < 0)
		return r;
	add_needs(look);
	add_ways(look);
	if (look->groups->n_left > 0)
		notes_add(look->notes, "%u more control groups than there is room for were not looked at",
			look->groups->n_left);
	if (look->groups->n_odd > 0)
		notes_add(look->notes, "cannot read the CPUs of %u control groups", look->groups->n_odd);
	return 0;
}
