// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/settle.h"

#include <string.h>

#include "base/text.h"

/* C1 and no more on all processors that are known, in µs; "0" is no limit, and "n/a" no idle state at all. */
#define LATENCY_MAX 70

#define PERFORMANCE "performance"

struct settling {
	struct knobs *knobs;
	const struct claims *claims;
	const struct cpuset *online;
	/* What was isolated, as the ledger's knobs tell: by their want, and by what they had before. */
	struct cpuset wanted, last;
};

static struct cpuset less(const struct cpuset *set, const struct cpuset *other)
{
	struct cpuset rest = *set;

	cpuset_remove_all(&rest, other);
	return rest;
}

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
		spared = less(&value->cpus, base);
	else
		spared = less(cpuset_is_empty(base) ? online : base, &value->cpus);
	cpuset_add_all(set, &spared);
}

static void find_isolated(struct settling *settling)
{
	for (unsigned int i = 0; i < settling->knobs->n_knobs; i++) {
		const struct knob *knob = &settling->knobs->knobs[i];

		if (!knob->known)
			continue;
		add_spared(&settling->wanted, knob, &knob->want, settling->online);
		add_spared(&settling->last, knob, &knob->last, settling->online);
	}
}

/* ---- whose doing it is ---- */

static bool is_recorded(const struct settling *settling, const struct knob *knob, const struct knob *record)
{
	return is(knob, &record->base) || is(knob, &record->want) ||
	       (!settling->knobs->settled && is(knob, &record->last));
}

static bool is_online_less(const struct settling *settling, const struct knob *knob, const struct cpuset *isolated)
{
	struct cpuset rest = less(settling->online, isolated);

	return cpuset_same(&knob->current.cpus, &rest);
}

static bool is_reset_thread(const struct settling *settling, const struct knob *knob)
{
	struct cpuset isolated = claims_isolated(settling->claims, -1);

	return is_online_less(settling, knob, &(struct cpuset){ 0 }) || is_online_less(settling, knob, &isolated) ||
	       is_online_less(settling, knob, &settling->wanted) || is_online_less(settling, knob, &settling->last);
}

/* On the way back to a group that has none set, systemd is given all first. */
static bool is_on_the_way(const struct settling *settling, const struct knob *knob)
{
	return !settling->knobs->settled && cpuset_same(&knob->current.cpus, settling->online);
}

static bool is_by_systemd(const struct settling *settling, const struct knob *knob)
{
	const struct knob *allowed = knobs_find(settling->knobs, KNOB_ALLOWED, knob->key);

	return allowed && allowed->known && is_recorded(settling, knob, allowed);
}

static bool is_ours(const struct settling *settling, const struct knob *knob)
{
	if (is_recorded(settling, knob, knob))
		return true;
	switch (knob->kind) {
	case KNOB_ALLOWED:
		return is_on_the_way(settling, knob);
	case KNOB_CPUSET:
		return is_on_the_way(settling, knob) || is_by_systemd(settling, knob);
	case KNOB_THREAD:
		return is_reset_thread(settling, knob);
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

/* The base of one that is new. */
static void find_base(const struct settling *settling, struct knob *knob)
{
	const struct knob *narrow = knobs_find(settling->knobs, KNOB_DEFAULT, "-");

	knob->base = knob->current;
	if (knob->kind != KNOB_INTERRUPT || !narrow || !narrow->known)
		return;
	if ((is(knob, &narrow->want) && is_turned(narrow, &narrow->want)) ||
		(is(knob, &narrow->last) && is_turned(narrow, &narrow->last)))
		knob->base = narrow->base;
}

static void judge(const struct settling *settling)
{
	for (unsigned int i = 0; i < settling->knobs->n_knobs; i++) {
		struct knob *knob = &settling->knobs->knobs[i];

		if (!knob->seen)
			continue;
		if (knob->known)
			knob->foreign = !is_ours(settling, knob);
		else
			find_base(settling, knob);
	}
}

/* Whose unit it is, its control group and its drop-in are. */
static void judge_units(const struct settling *settling)
{
	for (unsigned int i = 0; i < settling->knobs->n_knobs; i++) {
		struct knob *knob = &settling->knobs->knobs[i];
		const struct knob *allowed;

		if (!knob->seen || (knob->kind != KNOB_CPUSET && knob->kind != KNOB_DROPIN))
			continue;
		allowed = knobs_find(settling->knobs, KNOB_ALLOWED, knob->key);
		if (allowed && allowed->foreign)
			knob->foreign = true;
	}
}

/* ---- what it is to be ---- */

/* The governor that claims want of these CPUs, the same in whatever order they come; "" for none. */
static const char *find_governor(const struct claims *claims, const struct cpuset *about)
{
	const char *found = "";

	for (unsigned int i = 0; i < claims->n_claims; i++) {
		const struct claim *claim = &claims->claims[i];

		if (!claim->governor[0] || !cpuset_intersects(&claim->cpus, about))
			continue;
		if (strcmp(claim->governor, PERFORMANCE) == 0)
			return claim->governor;
		if (!*found || strcmp(claim->governor, found) < 0)
			found = claim->governor;
	}
	return found;
}

static bool is_for_performance(const struct settling *settling, const struct knob *knob)
{
	return strcmp(find_governor(settling->claims, &knob->about), PERFORMANCE) == 0;
}

static struct cpuset narrow(const struct settling *settling, const struct knob *knob, const struct cpuset *isolated)
{
	const struct cpuset *base = &knob->base.cpus;
	struct cpuset rest = less(base, isolated);

	if (cpuset_intersects(base, isolated) && !cpuset_intersects(&rest, settling->online))
		rest = less(settling->online, isolated);
	return cpuset_is_empty(&rest) ? *base : rest;
}

static struct cpuset confine(const struct settling *settling, const struct knob *knob, const struct cpuset *isolated)
{
	const struct cpuset *base = &knob->base.cpus;
	bool is_set = !cpuset_is_empty(base);
	struct cpuset rest = less(is_set ? base : settling->online, isolated);

	if (!is_set)
		return cpuset_intersects(isolated, settling->online) ? rest : *base;
	return cpuset_intersects(&rest, settling->online) ? rest : *base;
}

static struct cpuset find_cpus(const struct settling *settling, const struct knob *knob)
{
	struct cpuset set = claims_isolated(settling->claims, knob->exempt);

	if (knob->kind == KNOB_ALLOWED || knob->kind == KNOB_CPUSET)
		return confine(settling, knob, &set);
	if (knob->kind != KNOB_BALANCER)
		return narrow(settling, knob, &set);
	cpuset_add_all(&set, &knob->base.cpus);
	return set;
}

static bool is_slow(const char *latency)
{
	uint64_t us;

	return text_parse_number(latency, 10, UINT64_MAX, &us) == 0 && (us == 0 || us > LATENCY_MAX);
}

/* NULL for base. */
static const char *find_word(const struct settling *settling, const struct knob *knob)
{
	const struct knob *other;
	const char *governor;

	switch (knob->kind) {
	case KNOB_DROPIN:
		other = knobs_find(settling->knobs, KNOB_ALLOWED, knob->key);
		return other && knob_is_turned(other) ? DROPIN_FILE : NULL;
	case KNOB_LATENCY:
		return is_for_performance(settling, knob) && is_slow(knob->base.word) ? "70" : NULL;
	case KNOB_GOVERNOR:
		governor = find_governor(settling->claims, &knob->about);
		return *governor ? governor : NULL;
	case KNOB_PREFERENCE:
		other = knobs_find(settling->knobs, KNOB_GOVERNOR, knob->key);
		return other && other->seen && !other->foreign && is_for_performance(settling, other) ? PERFORMANCE
												      : NULL;
	case KNOB_BALANCER:
	case KNOB_DEFAULT:
	case KNOB_INTERRUPT:
	case KNOB_WORKQUEUE:
	case KNOB_ALLOWED:
	case KNOB_CPUSET:
	case KNOB_THREAD:
	case KNOB_KINDS_:
		break;
	}
	return NULL;
}

static void settle(const struct settling *settling, struct knob *knob)
{
	const char *word;

	if (!knob->seen || knob->foreign)
		return;
	knob->last = knob->current;
	knob->want = knob->base;
	if (!knob_kind_has_words(knob->kind)) {
		knob->want.cpus = find_cpus(settling, knob);
		return;
	}
	word = find_word(settling, knob);
	if (!word)
		return;
	memset(&knob->want, 0, sizeof(knob->want));
	(void)text_copy(knob->want.word, sizeof(knob->want.word), word);
}

void plan_settle(struct knobs *knobs, const struct claims *claims, const struct cpuset *online)
{
	struct settling settling = { .knobs = knobs, .claims = claims, .online = online };

	find_isolated(&settling);
	judge(&settling);
	judge_units(&settling);
	/* A drop-in follows from what its unit is to be. */
	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		if (knobs->knobs[i].kind != KNOB_DROPIN)
			settle(&settling, &knobs->knobs[i]);
	}
	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		if (knobs->knobs[i].kind == KNOB_DROPIN)
			settle(&settling, &knobs->knobs[i]);
	}
}

bool knob_is_due(const struct knob *knob)
{
	return knob->seen && !knob->foreign && !is(knob, &knob->want);
}

bool knob_is_turned(const struct knob *knob)
{
	return knob->seen && !knob->foreign && is_turned(knob, &knob->want);
}
