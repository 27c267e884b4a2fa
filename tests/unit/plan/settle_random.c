// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A host of its own in memory, on which VMs come and go at random, are killed at random points, CPUs go offline, and
 * somebody else meddles. Whatever happened, after a settling that was not killed every knob is what it would be if the
 * VMs that run had come to a host that nobody of ours ever touched.
 */
#include <stdio.h>
#include <string.h>

#include "plan/settle.h"
#include "tests/unit/plan/plan.h"

#define AWAY   64 /* a CPU that is not there yet */
#define ROUNDS 3000
#define VMS    4
#define GROUPS 4 /* of which the last is the scope of a VM */

static const char *const governors[] = { "", "", "performance", "schedutil", "ondemand" };

/* A knob of the host, and its row in the ledger. */
struct thing {
	enum knob_kind kind;
	char key[32];
	int vm; /* it is there while that VM runs; -1: always */
	bool there;
	struct cpuset about;
	union knob_value base, current;
	bool in_ledger;
	union knob_value old_base, last, want;
};

static struct {
	unsigned int n_things;
	struct thing things[64];
	struct claim vms[VMS];
	bool running[VMS];
	bool settled;
	bool cuts; /* its kernel keeps no CPUs that are offline when it is told of threads */
	struct cpuset online;
	unsigned int n_online;
	unsigned int strange; /* a value that nobody had yet */
	unsigned int n_foreign, n_killed, n_hidden;
} world;

static struct knobs knobs, fresh;

/* Check writes something for each of its own, and there are millions. */
#define must(condition, thing)                                                                                         \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			ck_abort_msg("%s '%s': %s", knob_kind_name((thing)->kind), (thing)->key, #condition);          \
	} while (0)

/* ---- chance ---- */

static uint64_t seed;

/* xorshift64* */
static unsigned int draw(unsigned int n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned int)((seed * 2685821657736338717u) >> 33) % n;
}

static struct cpuset draw_cpus(unsigned int from)
{
	struct cpuset set = { 0 };
	unsigned int density = 1 + draw(4);

	for (unsigned int cpu = from; cpu < world.n_online; cpu++) {
		if (draw(density) == 0)
			cpuset_add(&set, cpu);
	}
	cpuset_add(&set, from + draw(world.n_online - from));
	return set;
}

/* ---- the host ---- */

static struct thing *add_thing(enum knob_kind kind, const char *key, unsigned int number)
{
	struct thing *thing = &world.things[world.n_things++];

	ck_assert_uint_lt(world.n_things, COUNT(world.things));
	*thing = (struct thing){ .kind = kind, .vm = -1, .there = true };
	(void)snprintf(thing->key, sizeof(thing->key), "%s%u", key, number);
	return thing;
}

static struct thing *find_thing(enum knob_kind kind, const char *key)
{
	for (unsigned int i = 0; i < world.n_things; i++) {
		if (world.things[i].kind == kind && strcmp(world.things[i].key, key) == 0)
			return &world.things[i];
	}
	return NULL;
}

static void set_word(union knob_value *value, const char *word)
{
	memset(value, 0, sizeof(*value));
	(void)snprintf(value->word, sizeof(value->word), "%s", word);
}

static void add_group(unsigned int i)
{
	struct thing *allowed = add_thing(KNOB_ALLOWED, "group", i), *cpuset, *dropin;

	if (i < GROUPS - 1 && draw(2))
		allowed->base.cpus = draw_cpus(0);
	cpuset = add_thing(KNOB_CPUSET, "group", i);
	cpuset->base = allowed->base;
	if (i < GROUPS - 1 && draw(4) == 0)
		cpuset->base.cpus = draw_cpus(0);
	dropin = add_thing(KNOB_DROPIN, "group", i);
	set_word(&dropin->base, draw(3) ? DROPIN_NOTHING : DROPIN_FILE);
	if (i == GROUPS - 1)
		allowed->vm = cpuset->vm = dropin->vm = 0;
}

static void add_policy(unsigned int i)
{
	static const char *const bases[] = { "powersave", "performance", "schedutil" };
	struct thing *governor = add_thing(KNOB_GOVERNOR, "", i), *preference = add_thing(KNOB_PREFERENCE, "", i);

	governor->about = preference->about = draw_cpus(0);
	set_word(&governor->base, bases[draw(3)]);
	set_word(&preference->base, draw(2) ? "balance_power" : "performance");
}

/* Some may run on CPUs that are not there yet. */
static void add_thread(unsigned int i)
{
	struct thing *thread = add_thing(KNOB_THREAD, "", i);

	thread->base.cpus = draw_cpus(0);
	if (draw(2))
		cpuset_add(&thread->base.cpus, AWAY);
}

static void make_host(void)
{
	static const char *const latencies[] = { "0", "n/a", "50", "100" };

	world.n_things = 0;
	world.settled = false;
	world.cuts = draw(2);
	world.strange = 100;
	world.n_online = 4 + draw(8);
	world.online = (struct cpuset){ 0 };
	for (unsigned int cpu = 0; cpu < world.n_online; cpu++)
		cpuset_add(&world.online, cpu);
	for (unsigned int i = 0; i < GROUPS; i++)
		add_group(i);
	for (unsigned int i = 0; i < 2; i++)
		add_policy(i);
	if (draw(2))
		add_thing(KNOB_BALANCER, "irqbalance", 0)->base.cpus = draw_cpus(0);
	else
		add_thing(KNOB_BALANCER, "irqbalance", 0);
	(void)snprintf(add_thing(KNOB_DEFAULT, "", 0)->key, sizeof(world.things[0].key), "-");
	find_thing(KNOB_DEFAULT, "-")->base.cpus = draw_cpus(0);
	cpuset_add(&find_thing(KNOB_DEFAULT, "-")->base.cpus, AWAY);
	add_thing(KNOB_WORKQUEUE, "", 0)->base.cpus = draw_cpus(0);
	for (unsigned int i = 0; i < 6; i++) {
		struct thing *interrupt = add_thing(KNOB_INTERRUPT, "", i);

		interrupt->base.cpus = draw_cpus(0);
		interrupt->there = i < 3;
		add_thread(i);
	}
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		struct thing *latency = add_thing(KNOB_LATENCY, "", cpu);

		cpuset_add(&latency->about, cpu);
		set_word(&latency->base, latencies[draw(4)]);
	}
	for (unsigned int i = 0; i < world.n_things; i++) {
		world.things[i].current = world.things[i].base;
		world.things[i].there = world.things[i].there && world.things[i].vm < 0;
	}
}

/* CPU 0 is nobody's. */
static void make_vms(void)
{
	for (unsigned int i = 0; i < VMS; i++) {
		world.running[i] = false;
		world.vms[i] = (struct claim){ .cpus = draw_cpus(1), .isolate = draw(4) != 0 };
		(void)snprintf(
			world.vms[i].governor, sizeof(world.vms[i].governor), "%s", governors[draw(COUNT(governors))]);
	}
}

/* ---- what the program sees of it ---- */

/* The VMs that run, in any order, and where each is. */
static void make_claims(struct claims *claims, int index[VMS])
{
	unsigned int first = draw(VMS), step = draw(2) ? 1 : VMS - 1;

	claims->n_claims = 0;
	for (unsigned int i = 0; i < VMS; i++) {
		unsigned int vm = (first + i * step) % VMS;

		index[vm] = -1;
		if (!world.running[vm])
			continue;
		index[vm] = (int)claims->n_claims;
		claims->claims[claims->n_claims++] = world.vms[vm];
	}
}

static struct knob *see(
	struct knobs *into, const struct thing *thing, const union knob_value *value, const int index[VMS])
{
	struct knob *knob = knob_kind_has_words(thing->kind)
				    ? knobs_see_word(into, thing->kind, thing->key, value->word)
				    : knobs_see_cpus(into, thing->kind, thing->key, &value->cpus);

	knob->about = thing->about;
	knob->exempt = thing->vm < 0 ? -1 : index[thing->vm];
	return knob;
}

static bool is_of_policy(const struct thing *thing)
{
	return thing->kind == KNOB_GOVERNOR || thing->kind == KNOB_PREFERENCE;
}

static void look(struct knobs *into, const int index[VMS])
{
	knobs_clear(into);
	into->settled = world.settled;
	for (unsigned int i = 0; i < world.n_things; i++) {
		const struct thing *thing = &world.things[i];
		struct knob *knob;

		if (!thing->in_ledger)
			continue;
		knob = knobs_put(into, thing->kind, thing->key);
		knob->known = true;
		knob->base = thing->old_base;
		knob->last = thing->last;
		knob->want = thing->want;
		knob->offline = !thing->there && is_of_policy(thing);
	}
	for (unsigned int i = 0; i < world.n_things; i++) {
		if (world.things[i].there)
			(void)see(into, &world.things[i], &world.things[i].current, index);
	}
}

static void write_ledger(void)
{
	for (unsigned int i = 0; i < world.n_things; i++) {
		struct thing *thing = &world.things[i];
		const struct knob *knob = knobs_find(&knobs, thing->kind, thing->key);

		thing->in_ledger = knob && (knob_is_due(knob) || knob_is_turned(knob));
		if (!thing->in_ledger)
			continue;
		thing->old_base = knob->base;
		thing->last = knob->last;
		thing->want = knob->want;
	}
	world.settled = false;
}

/* What is hidden has what it had when the ledger was read. */
static bool may_mark(void)
{
	for (unsigned int i = 0; i < knobs.n_knobs && !knobs.settled; i++) {
		if (knobs.knobs[i].hidden)
			return false;
	}
	return true;
}

/* ---- what it does to it, until it is killed ---- */

/* As systemd does: not set is all first, and what the control group has then stays. */
static bool set_allowed(struct thing *allowed, const union knob_value *want, unsigned int *steps)
{
	struct thing *cpuset = find_thing(KNOB_CPUSET, allowed->key), *dropin = find_thing(KNOB_DROPIN, allowed->key);
	bool is_set = !cpuset_is_empty(&want->cpus);

	if (knob_same(KNOB_ALLOWED, &allowed->current, want))
		return true;
	if ((*steps)-- == 0)
		return false;
	allowed->current.cpus = is_set ? want->cpus : world.online;
	cpuset->current.cpus = allowed->current.cpus;
	set_word(&dropin->current, DROPIN_FILE);
	if (is_set)
		return true;
	if ((*steps)-- == 0)
		return false;
	allowed->current = *want;
	return true;
}

/* What it is not given back of its own is from then on not its own. */
static void set_thread(struct thing *thread, const union knob_value *want)
{
	bool is_back = knob_same(KNOB_THREAD, want, &thread->base);

	thread->current = *want;
	if (!world.cuts)
		return;
	cpuset_keep_all(&thread->current.cpus, &world.online);
	if (is_back)
		thread->base = thread->current;
}

static bool set(struct thing *thing, const union knob_value *want, unsigned int *steps)
{
	if (thing->kind == KNOB_ALLOWED)
		return set_allowed(thing, want, steps);
	if ((*steps)-- == 0)
		return false;
	if (thing->kind == KNOB_THREAD)
		set_thread(thing, want);
	else
		thing->current = *want;
	return true;
}

static bool carry_out(unsigned int steps)
{
	for (unsigned int kind = 0; kind < KNOB_KINDS_; kind++) {
		for (unsigned int i = 0; i < world.n_things; i++) {
			struct thing *thing = &world.things[i];
			const struct knob *knob = knobs_find(&knobs, thing->kind, thing->key);

			if (thing->kind == kind && knob && knob_is_due(knob) && !set(thing, &knob->want, &steps))
				return false;
		}
	}
	return true;
}

/* ---- what is to come of it ---- */

static bool is_anyone_running(void)
{
	for (unsigned int i = 0; i < VMS; i++) {
		if (world.running[i])
			return true;
	}
	return false;
}

/* What one has of the CPUs that are others', it needs. */
static void check_isolated(const struct thing *thing, const struct claims *claims, int exempt)
{
	struct cpuset isolated = claims_isolated(claims, exempt), rest = thing->base.cpus;

	if (knob_kind_has_words(thing->kind))
		return;
	if (thing->kind == KNOB_BALANCER) {
		must(cpuset_contains(&thing->current.cpus, &isolated), thing);
		return;
	}
	if (cpuset_is_empty(&thing->current.cpus))
		must(!cpuset_intersects(&isolated, &world.online), thing);
	cpuset_remove_all(&rest, &isolated);
	if (cpuset_intersects(&thing->current.cpus, &isolated))
		must((thing->kind == KNOB_ALLOWED || thing->kind == KNOB_CPUSET) &&
				cpuset_same(&thing->current.cpus, &thing->base.cpus) &&
				!cpuset_intersects(&rest, &world.online),
			thing);
}

/* Each is as on a host where nothing was before; what is foreign is as it was, and so is what depends on it. */
static void check_settled(const struct claims *claims, const int index[VMS])
{
	knobs_clear(&fresh);
	for (unsigned int i = 0; i < world.n_things; i++) {
		if (world.things[i].there)
			(void)see(&fresh, &world.things[i], &world.things[i].base, index);
	}
	plan_settle(&fresh, claims, &world.online);
	for (unsigned int i = 0; i < world.n_things; i++) {
		const struct thing *thing = &world.things[i];
		const struct knob *knob = knobs_find(&knobs, thing->kind, thing->key);
		const struct knob *governor = knobs_find(&knobs, KNOB_GOVERNOR, thing->key);

		if (!thing->there)
			continue;
		if (knob->foreign || (thing->kind == KNOB_PREFERENCE && governor->foreign)) {
			must(knob_same(thing->kind, &thing->current, &thing->base), thing);
			continue;
		}
		must(knob_same(thing->kind, &thing->current, &knobs_find(&fresh, thing->kind, thing->key)->want),
			thing);
		check_isolated(thing, claims, knob->exempt);
		must(is_anyone_running() || (!thing->in_ledger || !knob_is_turned(knob)), thing);
		must(is_anyone_running() || knob_same(thing->kind, &thing->current, &thing->base), thing);
	}
}

/* Control group and drop-in are kept with their unit. */
static bool is_kept(const struct thing *thing)
{
	const struct thing *allowed = find_thing(KNOB_ALLOWED, thing->key);

	return thing->in_ledger || ((thing->kind == KNOB_CPUSET || thing->kind == KNOB_DROPIN) && allowed->in_ledger);
}

/* What was changed in the ledger by a stranger, and only that, is foreign. */
static void check_foreign(const bool meddled[])
{
	for (unsigned int i = 0; i < world.n_things; i++) {
		const struct thing *thing = &world.things[i];
		const struct knob *knob = knobs_find(&knobs, thing->kind, thing->key);

		if (knob && knob->seen)
			must(knob->foreign == (meddled[i] && is_kept(thing)), thing);
		world.n_foreign += knob && knob->foreign;
	}
}

static bool settle_until(unsigned int steps, const bool meddled[])
{
	struct claims claims;
	int index[VMS];

	make_claims(&claims, index);
	look(&knobs, index);
	plan_settle(&knobs, &claims, &world.online);
	check_foreign(meddled);
	write_ledger();
	if (!carry_out(steps)) {
		world.n_killed++;
		return false;
	}
	world.settled = may_mark();
	world.n_hidden += !world.settled;
	check_settled(&claims, index);
	return true;
}

/* ---- what happens ---- */

/* The scope of a VM is there with it, and new each time. */
static void run_vm(unsigned int vm, bool running)
{
	world.running[vm] = running;
	for (unsigned int i = 0; i < world.n_things; i++) {
		struct thing *thing = &world.things[i];

		if (thing->vm != (int)vm)
			continue;
		thing->there = running;
		thing->current = thing->base;
	}
}

/* Nothing shows of a policy whose CPUs are offline, and it is as it was when these are there again. */
static void set_online(const char *policy, bool online)
{
	find_thing(KNOB_GOVERNOR, policy)->there = find_thing(KNOB_PREFERENCE, policy)->there = online;
}

/* A driver takes an interrupt, and it gets the default. */
static void bear(void)
{
	const struct thing *narrow = find_thing(KNOB_DEFAULT, "-");
	char key[32];
	struct thing *interrupt;

	(void)snprintf(key, sizeof(key), "%u", draw(6));
	interrupt = find_thing(KNOB_INTERRUPT, key);
	if (interrupt->there)
		return;
	interrupt->there = true;
	interrupt->current = narrow->current;
	interrupt->base = narrow->base;
}

static void give(struct thing *thing, const union knob_value *value, bool meddled[])
{
	thing->base = thing->current = *value;
	meddled[thing - world.things] = true;
}

/* Somebody else sets one to what it never was: from now on that is its base. */
static void meddle(bool meddled[])
{
	struct thing *thing = &world.things[draw(world.n_things)];
	union knob_value value = { 0 };
	char word[32];

	if (!thing->there || thing->vm >= 0 || thing->kind == KNOB_CPUSET || thing->kind == KNOB_DROPIN)
		return;
	world.strange++;
	(void)snprintf(word, sizeof(word), "%u", world.strange);
	if (knob_kind_has_words(thing->kind))
		set_word(&value, word);
	else
		value.cpus = draw_cpus(0);
	if (!knob_kind_has_words(thing->kind))
		cpuset_add(&value.cpus, world.strange);
	give(thing, &value, meddled);
	if (thing->kind != KNOB_ALLOWED)
		return;
	give(find_thing(KNOB_CPUSET, thing->key), &value, meddled);
	set_word(&value, DROPIN_FILE);
	give(find_thing(KNOB_DROPIN, thing->key), &value, meddled);
}

/* What the kernel, a driver and systemd do to those that we turned. */
static void disturb(void)
{
	struct thing *thing = &world.things[draw(world.n_things)];

	if (!thing->in_ledger || !thing->there)
		return;
	/* Of user space: these have none that are offline. */
	if (thing->kind == KNOB_THREAD && cpuset_contains(&world.online, &thing->base.cpus) &&
		cpuset_contains(&world.online, &thing->old_base.cpus))
		thing->current.cpus = world.online;
	if (thing->kind == KNOB_PREFERENCE)
		set_word(&thing->current, "performance");
	if (thing->kind == KNOB_CPUSET && find_thing(KNOB_ALLOWED, thing->key)->in_ledger)
		thing->current = find_thing(KNOB_ALLOWED, thing->key)->current;
}

/* One settling is killed now and then, and the next one is for whom the first one left. */
static void event(bool may_meddle)
{
	bool meddled[COUNT(world.things)] = { false };
	unsigned int vm = draw(VMS);

	run_vm(vm, !world.running[vm]);
	set_online(draw(2) ? "0" : "1", draw(3) != 0);
	bear();
	disturb();
	if (may_meddle && draw(3) == 0)
		meddle(meddled);
	while (draw(3) == 0) {
		(void)settle_until(draw(20), meddled);
		memset(meddled, 0, sizeof(meddled));
		vm = draw(VMS);
		run_vm(vm, !world.running[vm] && draw(2));
		set_online(draw(2) ? "0" : "1", draw(3) != 0);
	}
	(void)settle_until(UINT32_MAX, meddled);
}

static void run_round(bool may_meddle)
{
	bool nobody[COUNT(world.things)] = { false };

	make_host();
	make_vms();
	for (unsigned int i = 0; i < 12; i++)
		event(may_meddle);
	for (unsigned int vm = 0; vm < VMS; vm++) {
		run_vm(vm, false);
		set_online("0", vm > 1);
		set_online("1", vm == VMS - 1);
		ck_assert(settle_until(UINT32_MAX, nobody));
	}
	/* Nothing of ours is left to be settled. */
	ck_assert(settle_until(0, nobody));
	for (unsigned int i = 0; i < world.n_things; i++) {
		const struct thing *thing = &world.things[i];

		ck_assert(!thing->there || knob_same(thing->kind, &thing->current, &thing->base));
		ck_assert(!thing->in_ledger);
	}
}

START_TEST(test_random)
{
	seed = 0x9e3779b97f4a7c15u + (uint64_t)_i;
	for (unsigned int i = 0; i < ROUNDS / 2; i++)
		run_round(_i);
	/* It did happen. */
	ck_assert_uint_gt(world.n_killed, ROUNDS);
	ck_assert_uint_gt(world.n_hidden, ROUNDS / 4);
	ck_assert_int_eq(world.n_foreign > ROUNDS / 4, _i);
}
END_TEST

TCase *case_settle_random(void)
{
	TCase *tcase = suite_case("settle_random");

	tcase_add_loop_test(tcase, test_random, 0, 2);
	return tcase;
}
