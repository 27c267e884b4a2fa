// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/settle.h"

#include <string.h>

#include "base/text.h"
#include "plan/judge.h"

/* As TuneD's profile for virtual hosts has it, in µs; "0" is no limit, and "n/a" no idle state at all. */
#define LATENCY_MAX  70
#define LATENCY_WORD "70"

struct settling {
	struct knobs *knobs;
	const struct claims *claims;
	const struct cpuset *online;
	bool groups_due, groups_turned; /* a control group is to be changed; is not at its base */
};

/* By itself, whatever goes with it. */
static bool has_want(const struct knob *knob)
{
	return knob_same(knob->kind, &knob->current, &knob->want);
}

static bool wants_base(const struct knob *knob)
{
	return knob_same(knob->kind, &knob->want, &knob->base);
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
	struct cpuset rest = cpuset_less(base, isolated);

	if (cpuset_intersects(base, isolated) && !cpuset_intersects(&rest, settling->online))
		rest = cpuset_less(settling->online, isolated);
	/* Where the kernel does not keep the others, it would never have what it is to have. */
	if (knob->kind == KNOB_THREAD && cpuset_intersects(base, isolated))
		cpuset_keep_all(&rest, settling->online);
	return cpuset_is_empty(&rest) ? *base : rest;
}

static struct cpuset confine(const struct settling *settling, const struct knob *knob, const struct cpuset *isolated)
{
	const struct cpuset *base = &knob->base.cpus;
	bool is_set = !cpuset_is_empty(base);
	struct cpuset rest = cpuset_less(is_set ? base : settling->online, isolated);

	if (!is_set)
		return cpuset_intersects(isolated, settling->online) ? rest : *base;
	return cpuset_intersects(&rest, settling->online) ? rest : *base;
}

/* Less what is needed in a control group. Its own base does not tell: libvirt binds what is in the scope, each vCPU. */
static void spare_needs(const struct knobs *knobs, const char *group, struct cpuset *isolated)
{
	size_t length = strlen(group);

	for (unsigned int i = 0; i < knobs->n_needs; i++) {
		const struct knob_need *need = &knobs->needs[i];

		if (strncmp(need->group, group, length) == 0 &&
			(need->group[length] == '\0' || need->group[length] == '/'))
			cpuset_remove_all(isolated, &need->cpus);
	}
}

static struct cpuset find_cpus(const struct settling *settling, const struct knob *knob)
{
	struct cpuset set = { 0 };

	if (knob->exempt != KNOB_EXEMPT_ALL)
		set = claims_isolated(settling->claims, knob->exempt);
	if (knob->exempt == KNOB_EXEMPT_NEEDS)
		spare_needs(settling->knobs, knob->key, &set);
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
		other = judge_find_unit(settling->knobs, knob);
		return other && other->seen && !other->foreign && !wants_base(other) ? DROPIN_FILE : NULL;
	case KNOB_LATENCY:
		return is_for_performance(settling, knob) && is_slow(knob->base.word) ? LATENCY_WORD : NULL;
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
	const union knob_value told = knob->want;
	const char *word;

	if (!knob->seen || knob->foreign)
		return;
	knob->last = knob->current;
	knob->want = knob->base;
	if (!knob_kind_has_words(knob->kind)) {
		knob->want.cpus = find_cpus(settling, knob);
		/* irqbalance does what it is told with its next round, and tells of the time before until then. */
		knob->driven = knob->kind == KNOB_BALANCER && knob->known && !knob_same(knob->kind, &told, &knob->want);
		return;
	}
	word = find_word(settling, knob);
	if (!word)
		return;
	memset(&knob->want, 0, sizeof(knob->want));
	(void)text_copy(knob->want.word, sizeof(knob->want.word), word);
}

/* ---- what goes with another ---- */

/* Whether the next time it could be taken for born while the default was narrow: the ledger has to know better. */
static bool looks_born(const struct knob *knob, const struct knob *narrow)
{
	return knob_same(knob->kind, &knob->want, &narrow->want) || knob_same(knob->kind, &knob->want, &narrow->last);
}

static void follow(struct knob *knob, const struct knob *other)
{
	if (!other || !other->seen || other->foreign)
		return;
	knob->driven = knob->driven || !has_want(other);
	knob->kept = knob->kept || !wants_base(other);
}

static bool is_group(const struct knob *knob)
{
	return knob->kind == KNOB_ALLOWED || knob->kind == KNOB_CPUSET;
}

/* A unit, its control group and its drop-in go together: what somebody gives one of them he gives them all. */
static void follow_others(const struct settling *settling, struct knob *knob)
{
	static const enum knob_kind unit[] = { KNOB_ALLOWED, KNOB_CPUSET, KNOB_DROPIN };
	const struct knob *narrow = knobs_find(settling->knobs, KNOB_DEFAULT, "-");

	if (knob->kind == KNOB_BALANCER)
		return;
	knob->driven = knob->kept = false;
	if (knob->kind == KNOB_INTERRUPT && narrow && looks_born(knob, narrow))
		follow(knob, narrow);
	/* Which control group a thread is in is not known here: with any that changes. */
	if (knob->kind == KNOB_THREAD && knob->frail) {
		knob->driven = settling->groups_due;
		knob->kept = settling->groups_turned;
	}
	if (!is_group(knob) && knob->kind != KNOB_DROPIN)
		return;
	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++)
		follow(knob, knobs_find(settling->knobs, unit[i], knob->key));
}

/* The power settings of CPUs that are offline do not show, and are there again with them. */
static bool is_hidden(const struct settling *settling, const struct knob *knob)
{
	bool comes_back = knob->offline || (knob->kind >= KNOB_LATENCY && settling->claims->n_claims > 0);

	return knob->known && !knob->seen && (comes_back || (settling->knobs->blind >> knob->kind & 1));
}

static void look_at_groups(struct settling *settling)
{
	for (unsigned int i = 0; i < settling->knobs->n_knobs; i++) {
		const struct knob *knob = &settling->knobs->knobs[i];

		if (!is_group(knob) || !knob->seen || knob->foreign)
			continue;
		settling->groups_due = settling->groups_due || !has_want(knob);
		settling->groups_turned = settling->groups_turned || !wants_base(knob);
	}
}

void plan_settle(struct knobs *knobs, const struct claims *claims, const struct cpuset *online)
{
	struct settling settling = { .knobs = knobs, .claims = claims, .online = online };

	judge_knobs(knobs, claims, online);
	/* A drop-in follows from what its unit is to be. */
	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		if (knobs->knobs[i].kind != KNOB_DROPIN)
			settle(&settling, &knobs->knobs[i]);
	}
	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		if (knobs->knobs[i].kind == KNOB_DROPIN)
			settle(&settling, &knobs->knobs[i]);
	}
	look_at_groups(&settling);
	for (unsigned int i = 0; i < knobs->n_knobs; i++)
		knobs->knobs[i].hidden = is_hidden(&settling, &knobs->knobs[i]);
	for (unsigned int i = 0; i < knobs->n_knobs; i++)
		follow_others(&settling, &knobs->knobs[i]);
}

bool knob_is_due(const struct knob *knob)
{
	return knob->seen && !knob->foreign && (knob->driven || !has_want(knob));
}

bool knob_is_turned(const struct knob *knob)
{
	return knob->hidden || (knob->seen && !knob->foreign && (knob->kept || !wants_base(knob)));
}
