// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/judge.h"

#include <string.h>

struct judging {
	struct knobs *knobs;
	const struct claims *claims;
	const struct cpuset *online;
	/* What was isolated, as the ledger's knobs tell: by their want, and by what they had before. */
	struct cpuset wanted, last;
};

static bool is(const struct knob *knob, const union knob_value *value)
{
	return knob_same(knob->kind, &knob->current, value);
}

static bool is_turned(const struct knob *knob, const union knob_value *value)
{
	return !knob_same(knob->kind, value, &knob->base);
}

/* ---- what the ledger tells ---- */

/* Adds the CPUs that a value of a knob spares. */
static void add_spared(
	struct cpuset *set, const struct knob *knob, const union knob_value *value, const struct cpuset *online)
{
	const struct cpuset *base = &knob->base.cpus;
	struct cpuset spared;

	if (knob_kind_has_words(knob->kind) || !is_turned(knob, value))
		return;
	if (knob->kind == KNOB_BALANCER)
		spared = cpuset_less(&value->cpus, base);
	else
		spared = cpuset_less(cpuset_is_empty(base) ? online : base, &value->cpus);
	cpuset_add_all(set, &spared);
}

static void find_isolated(struct judging *judging)
{
	for (unsigned int i = 0; i < judging->knobs->n_knobs; i++) {
		const struct knob *knob = &judging->knobs->knobs[i];

		if (!knob->known)
			continue;
		add_spared(&judging->wanted, knob, &knob->want, judging->online);
		add_spared(&judging->last, knob, &knob->last, judging->online);
	}
}

/* ---- whose doing it is ---- */

const struct knob *judge_find_unit(struct knobs *knobs, const struct knob *knob)
{
	if (knob->kind != KNOB_CPUSET && knob->kind != KNOB_DROPIN)
		return NULL;
	return knobs_find(knobs, KNOB_ALLOWED, knob->key);
}

static bool is_recorded(const struct judging *judging, const struct knob *knob, const struct knob *record)
{
	return is(knob, &record->base) || is(knob, &record->want) ||
	       (!judging->knobs->settled && is(knob, &record->last));
}

static bool is_online_less(const struct judging *judging, const struct knob *knob, const struct cpuset *isolated)
{
	struct cpuset rest = cpuset_less(judging->online, isolated);

	return cpuset_same(&knob->current.cpus, &rest);
}

static bool is_reset_thread(const struct judging *judging, const struct knob *knob)
{
	struct cpuset isolated = claims_isolated(judging->claims, -1);

	return is_online_less(judging, knob, &(struct cpuset){ 0 }) || is_online_less(judging, knob, &isolated) ||
	       is_online_less(judging, knob, &judging->wanted) || is_online_less(judging, knob, &judging->last);
}

/*
 * A thread of the kernel that has of its own CPUs all that are online, and not all that are not: before Linux 6.2 the
 * kernel keeps none of these when it is told.
 */
static bool is_cut(const struct judging *judging, const struct knob *knob)
{
	struct cpuset least;

	if (knob->kind != KNOB_THREAD || knob->frail || is(knob, &knob->base))
		return false;
	least = knob->base.cpus;
	cpuset_keep_all(&least, judging->online);
	return !cpuset_is_empty(&least) && cpuset_contains(&knob->base.cpus, &knob->current.cpus) &&
	       cpuset_contains(&knob->current.cpus, &least);
}

/* On the way back to a group that has none set, systemd is given all first. */
static bool is_on_the_way(const struct judging *judging, const struct knob *knob)
{
	return !judging->knobs->settled && cpuset_same(&knob->current.cpus, judging->online);
}

static bool is_by_systemd(const struct judging *judging, const struct knob *knob)
{
	const struct knob *allowed = judge_find_unit(judging->knobs, knob);

	return allowed && allowed->known && is_recorded(judging, knob, allowed);
}

static bool is_ours(const struct judging *judging, const struct knob *knob)
{
	if (is_recorded(judging, knob, knob))
		return true;
	switch (knob->kind) {
	case KNOB_ALLOWED:
		return is_on_the_way(judging, knob);
	case KNOB_CPUSET:
		return is_on_the_way(judging, knob) || is_by_systemd(judging, knob);
	case KNOB_THREAD:
		return is_reset_thread(judging, knob) || is_cut(judging, knob);
	case KNOB_PREFERENCE:
		return strcmp(knob->current.word, PERFORMANCE) == 0;
	case KNOB_DROPIN:
		return true;
	case KNOB_BALANCER:
	case KNOB_DEFAULT:
	case KNOB_INTERRUPT:
	case KNOB_WORKQUEUE:
	case KNOB_LATENCY:
	case KNOB_GOVERNOR:
	case KNOB_KINDS_:
		break;
	}
	return false;
}

/* The knob that a new one may have its value from. */
static const struct knob *find_narrow(const struct judging *judging, const struct knob *knob)
{
	if (knob->kind == KNOB_INTERRUPT)
		return knobs_find(judging->knobs, KNOB_DEFAULT, "-");
	return knob->kind == KNOB_CPUSET ? judge_find_unit(judging->knobs, knob) : NULL;
}

/*
 * An interrupt whose actions have changed (another device shares it now) is new by its key, and still has what we made
 * of it under the one that it had. Returns NULL when there is no such.
 */
static const struct knob *find_earlier(const struct judging *judging, const struct knob *knob)
{
	int length = (int)strcspn(knob->key, " ") + 1;

	if (knob->kind != KNOB_INTERRUPT)
		return NULL;
	for (unsigned int i = 0; i < judging->knobs->n_knobs; i++) {
		const struct knob *earlier = &judging->knobs->knobs[i];

		if (earlier->kind == KNOB_INTERRUPT && earlier->known && !earlier->seen &&
			strncmp(earlier->key, knob->key, (size_t)length) == 0)
			return earlier;
	}
	return NULL;
}

static bool is_made_of(const struct knob *knob, const struct knob *other)
{
	return (is(knob, &other->want) && is_turned(other, &other->want)) ||
	       (is(knob, &other->last) && is_turned(other, &other->last));
}

/* Of one that is new. */
static void find_base(const struct judging *judging, struct knob *knob)
{
	const struct knob *const sources[] = { find_earlier(judging, knob), find_narrow(judging, knob) };

	knob->base = knob->current;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (sources[i] && sources[i]->known && is_made_of(knob, sources[i])) {
			knob->base = sources[i]->base;
			return;
		}
	}
}

static void judge_each(const struct judging *judging)
{
	for (unsigned int i = 0; i < judging->knobs->n_knobs; i++) {
		struct knob *knob = &judging->knobs->knobs[i];

		if (!knob->seen)
			continue;
		/* It was to have them all: what it has not got is not to be had. */
		if (judging->knobs->settled && knob_same(knob->kind, &knob->want, &knob->base) && is_cut(judging, knob))
			knob->base = knob->current;
		if (knob->known)
			knob->foreign = !is_ours(judging, knob);
		else
			find_base(judging, knob);
	}
}

static void judge_units(const struct judging *judging)
{
	for (unsigned int i = 0; i < judging->knobs->n_knobs; i++) {
		struct knob *knob = &judging->knobs->knobs[i];
		const struct knob *allowed = judge_find_unit(judging->knobs, knob);

		if (knob->seen && allowed && allowed->foreign)
			knob->foreign = true;
	}
}

void judge_knobs(struct knobs *knobs, const struct claims *claims, const struct cpuset *online)
{
	struct judging judging = { .knobs = knobs, .claims = claims, .online = online };

	find_isolated(&judging);
	judge_each(&judging);
	judge_units(&judging);
}
