// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wanted of each kind of knob, and whose change it is, by tables. */
#include "plan/settle.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/plan/plan.h"

static struct knobs knobs;
static struct claims claims;

static struct cpuset set_of(const char *list)
{
	struct cpuset set = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &set), 0);
	return set;
}

static union knob_value value_of(enum knob_kind kind, const char *text)
{
	union knob_value value = { 0 };

	if (knob_kind_has_words(kind))
		(void)snprintf(value.word, sizeof(value.word), "%s", text);
	else
		value.cpus = set_of(text);
	return value;
}

static void check_value(enum knob_kind kind, const union knob_value *value, const char *expected)
{
	ck_assert_str_eq(knob_kind_has_words(kind) ? value->word : cpuset_text(&value->cpus).s, expected);
}

static struct knob *see(enum knob_kind kind, const char *key, const char *current)
{
	union knob_value value = value_of(kind, current);

	if (knob_kind_has_words(kind))
		return knobs_see_word(&knobs, kind, key, current);
	return knobs_see_cpus(&knobs, kind, key, &value.cpus);
}

/* As the ledger has it. */
static struct knob *know(enum knob_kind kind, const char *key, const char *base, const char *last, const char *want)
{
	struct knob *knob = knobs_put(&knobs, kind, key);

	knob->known = true;
	knob->base = value_of(kind, base);
	knob->last = value_of(kind, last);
	knob->want = value_of(kind, want);
	return knob;
}

static void claim(const char *cpus, bool isolate, const char *governor)
{
	struct claim *new = &claims.claims[claims.n_claims++];

	*new = (struct claim){ .cpus = set_of(cpus), .isolate = isolate };
	(void)snprintf(new->governor, sizeof(new->governor), "%s", governor);
}

static void start(void)
{
	knobs_clear(&knobs);
	memset(&claims, 0, sizeof(claims));
}

static void settle(const char *list)
{
	struct cpuset online = set_of(list);

	plan_settle(&knobs, &claims, &online);
}

/* ---- what is wanted ---- */

/* Of one new knob, on a host with CPUs 0 to 7, or so many; the second claim, if there is one, is what it is exempt of.
 */
static const struct {
	enum knob_kind kind;
	const char *base, *isolated, *exempt, *online, *want;
} wants[] = {
	{ KNOB_BALANCER, "", "2-3", "", "0-7", "2-3" },
	{ KNOB_BALANCER, "7", "2-3", "4", "0-7", "2-3,7" },
	{ KNOB_BALANCER, "3,7", "", "", "0-7", "3,7" },
	{ KNOB_DEFAULT, "0-31", "2-3", "", "0-7", "0-1,4-31" },
	{ KNOB_DEFAULT, "0-31", "", "", "0-7", "0-31" },
	{ KNOB_INTERRUPT, "0-7", "2-3", "", "0-7", "0-1,4-7" },
	{ KNOB_INTERRUPT, "3", "2-3", "", "0-7", "0-1,4-7" },
	{ KNOB_INTERRUPT, "3,9", "2-3", "", "0-7", "0-1,4-7" },
	{ KNOB_INTERRUPT, "9", "2-3", "", "0-7", "9" },
	{ KNOB_INTERRUPT, "5", "2-3", "", "0-7", "5" },
	{ KNOB_INTERRUPT, "3", "0-7", "", "0-7", "3" },
	{ KNOB_WORKQUEUE, "0-7", "0-6", "", "0-7", "7" },
	{ KNOB_WORKQUEUE, "", "0-6", "", "0-7", "" },
	{ KNOB_THREAD, "2", "2", "", "0-3", "0-1,3" },
	{ KNOB_THREAD, "2-3", "2", "3", "0-3", "3" },
	{ KNOB_THREAD, "0-9", "2-3", "", "0-7", "0-1,4-7" },
	{ KNOB_THREAD, "2,9", "2-3", "", "0-7", "0-1,4-7" },
	{ KNOB_THREAD, "0-1,9", "2-3", "", "0-7", "0-1,9" },
	{ KNOB_THREAD, "2,9", "0-7", "", "0-7", "2,9" },
	{ KNOB_ALLOWED, "", "2-3", "", "0-7", "0-1,4-7" },
	{ KNOB_ALLOWED, "", "2-3", "4-5", "0-7", "0-1,4-7" },
	{ KNOB_ALLOWED, "", "", "", "0-7", "" },
	{ KNOB_ALLOWED, "", "", "4-5", "0-7", "" },
	{ KNOB_ALLOWED, "", "8-9", "", "0-7", "" },
	{ KNOB_ALLOWED, "", "0-7", "", "0-7", "" },
	{ KNOB_ALLOWED, "0-3", "2-3", "", "0-7", "0-1" },
	{ KNOB_ALLOWED, "2-3", "2-3", "", "0-7", "2-3" },
	{ KNOB_ALLOWED, "2-3,9", "2-3", "", "0-7", "2-3,9" },
	{ KNOB_ALLOWED, "5", "2-3", "", "0-7", "5" },
	{ KNOB_CPUSET, "", "2-3", "", "0-7", "0-1,4-7" },
	{ KNOB_CPUSET, "1-2", "2-3", "", "0-7", "1" },
	{ KNOB_CPUSET, "2", "2-3", "", "0-7", "2" },
};

START_TEST(test_want)
{
	struct knob *knob;

	start();
	if (*wants[_i].isolated)
		claim(wants[_i].isolated, true, "");
	claim("0-7", false, "");
	knob = see(wants[_i].kind, "x", wants[_i].base);
	if (*wants[_i].exempt) {
		knob->exempt = (int)claims.n_claims;
		claim(wants[_i].exempt, true, "");
	}
	settle(wants[_i].online);
	check_value(wants[_i].kind, &knob->want, wants[_i].want);
	check_value(wants[_i].kind, &knob->base, wants[_i].base);
	check_value(wants[_i].kind, &knob->last, wants[_i].base);
	ck_assert(!knob->foreign);
	ck_assert_int_eq(knob_is_due(knob), strcmp(wants[_i].base, wants[_i].want) != 0);
	ck_assert_int_eq(knob_is_turned(knob), strcmp(wants[_i].base, wants[_i].want) != 0);
}
END_TEST

/* The scope of a VM without a claim keeps what is needed in it, and of that what it was bound to itself. */
START_TEST(test_needed)
{
	static const struct {
		const char *base, *group, *cpus, *want;
	} rows[] = {
		{ "", "a.slice/x.scope/libvirt/vcpu0", "1", "0-1,4-7" },
		{ "", "a.slice/x.scope/libvirt/vcpu0", "1,3,5", "0-1,3-7" },
		{ "", "a.slice/x.scope/libvirt/vcpu0", "0,5", "0,4-7" },
		{ "", "a.slice/x.scope/libvirt/vcpu0", "1-3", "" },
		{ "", "a.slice/x.scope", "2", "0,2,4-7" },
		{ "2,6", "a.slice/x.scope", "2,6", "2,6" },
		{ "", "a.slice/x.scope2/libvirt/vcpu0", "1", "0,4-7" },
		{ "", "a.slice", "1", "0,4-7" },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct knob *allowed, *cpuset;

		start();
		claim("1-3", true, "");
		knobs.n_needs = 1;
		(void)snprintf(knobs.needs[0].group, sizeof(knobs.needs[0].group), "%s", rows[i].group);
		knobs.needs[0].cpus = set_of(rows[i].cpus);
		allowed = see(KNOB_ALLOWED, "a.slice/x.scope", rows[i].base);
		cpuset = see(KNOB_CPUSET, "a.slice/x.scope", rows[i].base);
		allowed->exempt = cpuset->exempt = KNOB_EXEMPT_NEEDS;
		settle("0-7");
		check_value(KNOB_ALLOWED, &allowed->want, rows[i].want);
		check_value(KNOB_CPUSET, &cpuset->want, rows[i].want);
		allowed->exempt = -1;
		settle("0-7");
		check_value(KNOB_ALLOWED, &allowed->want, *rows[i].base ? "6" : "0,4-7");
	}
}
END_TEST

/* Two claims, one about CPUs 2 and 3, one about 3 and 4, with these governors, and a knob about these CPUs. */
static const struct {
	enum knob_kind kind;
	const char *first, *second, *about, *base, *want;
} words[] = {
	{ KNOB_LATENCY, "performance", "", "2", "0", "70" },
	{ KNOB_LATENCY, "performance", "", "2", "71", "70" },
	{ KNOB_LATENCY, "performance", "", "2", "70", "70" },
	{ KNOB_LATENCY, "performance", "", "2", "1", "1" },
	{ KNOB_LATENCY, "performance", "", "2", "n/a", "n/a" },
	{ KNOB_LATENCY, "performance", "", "4", "0", "0" },
	{ KNOB_LATENCY, "schedutil", "", "2", "0", "0" },
	{ KNOB_LATENCY, "schedutil", "performance", "3", "2147483647", "70" },
	{ KNOB_LATENCY, "", "", "2", "0", "0" },
	{ KNOB_GOVERNOR, "performance", "", "0-3", "powersave", "performance" },
	{ KNOB_GOVERNOR, "performance", "", "4-5", "powersave", "powersave" },
	{ KNOB_GOVERNOR, "schedutil", "", "3", "powersave", "schedutil" },
	{ KNOB_GOVERNOR, "schedutil", "performance", "3", "powersave", "performance" },
	{ KNOB_GOVERNOR, "performance", "ondemand", "3", "powersave", "performance" },
	{ KNOB_GOVERNOR, "schedutil", "ondemand", "3", "powersave", "ondemand" },
	{ KNOB_GOVERNOR, "ondemand", "schedutil", "3", "powersave", "ondemand" },
	{ KNOB_GOVERNOR, "", "", "3", "powersave", "powersave" },
};

START_TEST(test_words)
{
	struct knob *knob;

	start();
	claim("2-3", false, words[_i].first);
	claim("3-4", true, words[_i].second);
	knob = see(words[_i].kind, "x", words[_i].base);
	knob->about = set_of(words[_i].about);
	settle("0-7");
	ck_assert_str_eq(knob->want.word, words[_i].want);
	ck_assert_int_eq(knob_is_due(knob), strcmp(words[_i].base, words[_i].want) != 0);
}
END_TEST

/* The preference follows the governor of its policy, when that is ours and by a claim. */
START_TEST(test_preference)
{
	static const struct {
		const char *claimed, *governor, *key;
		const char *want;
	} rows[] = {
		{ "performance", "powersave", "0", "performance" },
		{ "performance", "performance", "0", "performance" },
		{ "schedutil", "performance", "0", "balance_power" },
		{ "", "performance", "0", "balance_power" },
		{ "performance", "powersave", "1", "balance_power" },
		{ "performance", "foreign", "0", "balance_power" },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct knob *governor, *preference;

		start();
		claim("2", false, rows[i].claimed);
		preference = see(KNOB_PREFERENCE, "0", "balance_power");
		if (strcmp(rows[i].governor, "foreign") == 0)
			(void)know(KNOB_GOVERNOR, rows[i].key, "powersave", "powersave", "performance");
		governor = see(KNOB_GOVERNOR, rows[i].key, rows[i].governor);
		governor->about = preference->about = set_of("0-3");
		settle("0-3");
		ck_assert_str_eq(preference->want.word, rows[i].want);
	}
}
END_TEST

/* A drop-in goes with its unit: there while that is turned, and not touched where it is somebody else's. */
START_TEST(test_dropin)
{
	static const struct {
		const char *allowed, *dropin, *isolated;
		bool foreign;
		const char *want;
	} rows[] = {
		{ "", DROPIN_NOTHING, "2", false, DROPIN_FILE },
		{ "", DROPIN_FILE, "", false, DROPIN_ELSEWHERE },
		{ "", DROPIN_DIRECTORY, "", false, DROPIN_ELSEWHERE },
		{ "0-1,3", DROPIN_FILE, "2", false, DROPIN_FILE },
		{ "0-1,3", DROPIN_FILE, "3", false, DROPIN_FILE },
		{ "0-1,3", DROPIN_FILE, "", false, DROPIN_ELSEWHERE },
		{ "0", DROPIN_FILE, "2", true, DROPIN_FILE },
		{ "0", DROPIN_FILE, "", true, DROPIN_FILE },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		bool is_new = strcmp(rows[i].dropin, DROPIN_NOTHING) == 0;
		struct knob *dropin, *allowed;

		start();
		if (*rows[i].isolated)
			claim(rows[i].isolated, true, "");
		/* Seen before its unit. */
		if (!is_new)
			(void)know(KNOB_DROPIN, "a.slice", DROPIN_ELSEWHERE, DROPIN_ELSEWHERE, DROPIN_FILE);
		dropin = see(KNOB_DROPIN, "a.slice", rows[i].dropin);
		if (!is_new)
			(void)know(KNOB_ALLOWED, "a.slice", "", "", "0-1,3");
		allowed = see(KNOB_ALLOWED, "a.slice", rows[i].allowed);
		knobs.settled = true;
		settle("0-3");
		ck_assert_int_eq(dropin->foreign, rows[i].foreign);
		ck_assert_str_eq(dropin->want.word, rows[i].want);
		ck_assert_int_eq(
			knob_is_due(dropin), knob_is_due(allowed) || strcmp(rows[i].dropin, rows[i].want) != 0);
	}
}
END_TEST

/* One whose unit is gone goes back. */
START_TEST(test_dropin_alone)
{
	struct knob *dropin;

	start();
	claim("2", true, "");
	(void)know(KNOB_ALLOWED, "a.slice", "", "", "0-1,3");
	(void)know(KNOB_DROPIN, "a.slice", DROPIN_NOTHING, DROPIN_NOTHING, DROPIN_FILE);
	dropin = see(KNOB_DROPIN, "a.slice", DROPIN_FILE);
	settle("0-3");
	ck_assert_str_eq(dropin->want.word, DROPIN_NOTHING);
	ck_assert(knob_is_due(dropin) && !knob_is_turned(dropin));
}
END_TEST

/* ---- whose it is ---- */

/* On a host with CPUs 0 to 3; a VM had 3, and before that 2, and now one has 1. */
static const struct {
	enum knob_kind kind;
	const char *base, *last, *want, *current;
	bool foreign_settled, foreign; /* while the ledger is not settled */
} judged[] = {
	{ KNOB_INTERRUPT, "0-3", "0-1,3", "0-2", "0-2", false, false },
	{ KNOB_INTERRUPT, "0-3", "0-1,3", "0-2", "0-3", false, false },
	{ KNOB_INTERRUPT, "0-3", "0-1,3", "0-2", "0-1,3", true, false },
	{ KNOB_INTERRUPT, "0-3", "0-1,3", "0-2", "0,2-3", true, true },
	{ KNOB_INTERRUPT, "3", "3", "0-2", "0-3", true, true },
	{ KNOB_BALANCER, "", "2", "3", "2", true, false },
	{ KNOB_BALANCER, "", "2", "3", "1", true, true },
	{ KNOB_DEFAULT, "0-3", "0-1,3", "0-2", "0-1", true, true },
	{ KNOB_WORKQUEUE, "0-3", "0-1,3", "0-2", "0", true, true },
	{ KNOB_ALLOWED, "", "0-1,3", "0-2", "0-3", true, false },
	{ KNOB_ALLOWED, "", "0-1,3", "0-2", "", false, false },
	{ KNOB_ALLOWED, "", "0-1,3", "0-2", "0-1,3", true, false },
	{ KNOB_ALLOWED, "", "0-1,3", "0-2", "0-1", true, true },
	{ KNOB_CPUSET, "0,2", "0,2", "0", "0-3", true, false },
	{ KNOB_CPUSET, "0,2", "0,2", "0", "0-2", true, true },
	{ KNOB_THREAD, "0,3", "0,3", "0", "0-3", false, false },
	{ KNOB_THREAD, "0,3", "0,3", "0", "0,2-3", false, false },
	{ KNOB_THREAD, "0,3", "0,3", "0", "0-2", false, false },
	{ KNOB_THREAD, "0,3", "0", "0,3", "0-2", false, false },
	{ KNOB_THREAD, "0,3", "0,3", "0", "0-1", true, true },
	{ KNOB_THREAD, "0,3,8-9", "0,3,8-9", "0", "0,3", false, false },
	{ KNOB_THREAD, "0,3,8-9", "0,3,8-9", "0", "0,3,8", false, false },
	{ KNOB_THREAD, "0,3,8-9", "0,3,8-9", "0", "3,8-9", true, true },
	{ KNOB_THREAD, "0,3,8-9", "0,3,8-9", "0", "0,3,7-9", true, true },
	{ KNOB_THREAD, "8-9", "8-9", "0", "8", true, true },
	{ KNOB_LATENCY, "0", "0", "70", "70", false, false },
	{ KNOB_LATENCY, "0", "0", "70", "20", true, true },
	{ KNOB_GOVERNOR, "powersave", "schedutil", "performance", "schedutil", true, false },
	{ KNOB_GOVERNOR, "powersave", "schedutil", "performance", "ondemand", true, true },
	{ KNOB_PREFERENCE, "power", "power", "balance_power", "performance", false, false },
	{ KNOB_PREFERENCE, "power", "power", "performance", "balance_power", true, true },
	{ KNOB_DROPIN, DROPIN_NOTHING, DROPIN_NOTHING, DROPIN_FILE, DROPIN_DIRECTORY, false, false },
};

START_TEST(test_judge)
{
	for (int settled = 0; settled < 2; settled++) {
		bool foreign = settled ? judged[_i].foreign_settled : judged[_i].foreign;
		enum knob_kind kind = judged[_i].kind;
		struct knob *knob;

		start();
		claim("1", true, "");
		(void)know(kind, "x", judged[_i].base, judged[_i].last, judged[_i].want);
		knob = see(kind, "x", judged[_i].current);
		knobs.settled = settled;
		settle("0-3");
		ck_assert_int_eq(knob->foreign, foreign);
		check_value(kind, &knob->base, judged[_i].base);
		check_value(kind, &knob->last, foreign ? judged[_i].last : judged[_i].current);
		if (foreign) {
			check_value(kind, &knob->want, judged[_i].want);
			ck_assert(!knob_is_due(knob) && !knob_is_turned(knob));
		}
	}
}
END_TEST

/* What systemd writes into the control group of a unit is nobody else's, nor is what somebody else gave the unit ours.
 */
START_TEST(test_unit)
{
	static const struct {
		const char *allowed, *cpuset;
		bool settled, allowed_foreign, cpuset_foreign;
	} rows[] = {
		{ "0-2", "0-2", true, false, false },
		{ "0-2", "", true, false, false },
		{ "", "0-1,3", false, false, false },
		{ "", "0-1,3", true, false, true },
		{ "0-2", "0,3", true, false, true },
		{ "0,3", "0", true, true, true },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct knob *allowed, *cpuset;

		start();
		(void)know(KNOB_CPUSET, "a.slice", "0,2", "0,2", "0");
		cpuset = see(KNOB_CPUSET, "a.slice", rows[i].cpuset);
		(void)know(KNOB_ALLOWED, "a.slice", "", "0-1,3", "0-2");
		allowed = see(KNOB_ALLOWED, "a.slice", rows[i].allowed);
		knobs.settled = rows[i].settled;
		settle("0-3");
		ck_assert_int_eq(allowed->foreign, rows[i].allowed_foreign);
		ck_assert_int_eq(cpuset->foreign, rows[i].cpuset_foreign);
	}
}
END_TEST

/* Where it has what is wanted, systemd writes it all the same: due with its unit, and kept as long as that is turned.
 */
START_TEST(test_driven)
{
	static const struct {
		const char *allowed, *isolated;
		bool is_due, is_turned;
	} rows[] = {
		{ "", "3", true, true },
		{ "0-2", "3", false, true },
		{ "0-2", "", true, false },
		{ "", "", false, false },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct knob *cpuset, *other;

		start();
		if (*rows[i].isolated)
			claim(rows[i].isolated, true, "");
		cpuset = see(KNOB_CPUSET, "a.slice", "0-1");
		other = see(KNOB_CPUSET, "b.slice", "0-1");
		(void)know(KNOB_ALLOWED, "a.slice", "", "", "0-2");
		(void)see(KNOB_ALLOWED, "a.slice", rows[i].allowed);
		settle("0-3");
		check_value(KNOB_CPUSET, &cpuset->want, "0-1");
		ck_assert_int_eq(knob_is_due(cpuset), rows[i].is_due);
		ck_assert_int_eq(knob_is_turned(cpuset), rows[i].is_turned);
		ck_assert(!knob_is_due(other) && !knob_is_turned(other));
	}
}
END_TEST

/* An interrupt that was born while the default was narrow gets all that the default had. */
START_TEST(test_born)
{
	static const struct {
		enum knob_kind kind;
		bool known;
		const char *last, *want, *current, *base;
	} rows[] = {
		{ KNOB_INTERRUPT, true, "0-3", "0-1", "0-1", "0-3" },
		{ KNOB_INTERRUPT, true, "0-2", "0-1", "0-2", "0-3" },
		{ KNOB_INTERRUPT, true, "0-2", "0-1", "0", "0" },
		{ KNOB_INTERRUPT, true, "0-1", "0-3", "0-3", "0-3" },
		{ KNOB_INTERRUPT, false, "0-1", "0-1", "0-1", "0-1" },
		{ KNOB_THREAD, true, "0-3", "0-1", "0-1", "0-1" },
	};
	struct knob *cpuset;

	for (int i = 0; i < COUNT(rows); i++) {
		struct knob *born;

		start();
		claim("3", true, "");
		born = see(rows[i].kind, "24 eth0", rows[i].current);
		if (rows[i].known)
			(void)know(KNOB_DEFAULT, "-", "0-3", rows[i].last, rows[i].want);
		knobs.settled = true;
		settle("0-3");
		check_value(rows[i].kind, &born->base, rows[i].base);
		check_value(rows[i].kind, &born->last, rows[i].current);
	}
	/* Likewise a control group that systemd wrote over what somebody else had put there. */
	start();
	cpuset = see(KNOB_CPUSET, "a.slice", "0-2");
	(void)know(KNOB_ALLOWED, "a.slice", "", "", "0-2");
	settle("0-3");
	check_value(KNOB_CPUSET, &cpuset->base, "");
}
END_TEST

/* A frail thread has to get its own CPUs again when a control group changes, and is kept while one is turned. */
START_TEST(test_frail)
{
	static const struct {
		enum knob_kind kind;
		const char *current; /* of a group that is known: base 0-3, want 0-2 */
		bool claimed, frail, due, turned;
	} rows[] = {
		{ KNOB_CPUSET, "0-3", true, true, true, true },
		{ KNOB_ALLOWED, "0-2", true, true, false, true },
		{ KNOB_CPUSET, "0-2", false, true, true, false },
		{ KNOB_CPUSET, "0-3", false, true, false, false },
		{ KNOB_CPUSET, "0-3", true, false, false, false },
		{ KNOB_WORKQUEUE, "0-3", true, true, false, false },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct knob *thread;

		start();
		if (rows[i].claimed)
			claim("3", true, "");
		(void)know(rows[i].kind, "a.slice", "0-3", "0-3", "0-2");
		(void)see(rows[i].kind, "a.slice", rows[i].current);
		thread = see(KNOB_THREAD, "900 9000", "1");
		thread->frail = rows[i].frail;
		settle("0-3");
		check_value(KNOB_THREAD, &thread->want, "1");
		ck_assert_msg(knob_is_due(thread) == rows[i].due, "%d", i);
		ck_assert_msg(knob_is_turned(thread) == rows[i].turned, "%d", i);
	}
}
END_TEST

/*
 * What the kernel did not take back of CPUs that are offline, when it was told to, the thread has lost; when somebody
 * died before that, or the thread is to be elsewhere, it gets them yet.
 */
START_TEST(test_cut)
{
	static const struct {
		const char *want, *current;
		bool settled, frail, lost, foreign;
	} rows[] = {
		{ "0-1,8-9", "0-1", true, false, true, false },
		{ "0-1,8-9", "0-1", false, false, false, false },
		{ "0-1,8-9", "0-1,8-9", true, false, false, false },
		{ "0", "0-1", true, false, false, false },
		{ "0-1,8-9", "0-1", true, true, false, true },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct knob *thread;

		start();
		claim("3", true, "");
		(void)know(KNOB_THREAD, "30 300", "0-1,8-9", "0", rows[i].want);
		thread = see(KNOB_THREAD, "30 300", rows[i].current);
		thread->frail = rows[i].frail;
		knobs.settled = rows[i].settled;
		settle("0-3");
		ck_assert_int_eq(thread->foreign, rows[i].foreign);
		check_value(KNOB_THREAD, &thread->base, rows[i].lost ? rows[i].current : "0-1,8-9");
		ck_assert_int_eq(
			knob_is_due(thread), !rows[i].lost && !rows[i].foreign && strcmp(rows[i].current, "0-1") == 0);
	}
}
END_TEST

/* Another device shares an interrupt since: it is new by its key, and what we made of it is not its own. */
static const struct {
	const char *key, *current, *base;
} shared[] = {
	{ "24 eth0,snd", "1-2", "1-3" },
	{ "24 snd", "1-2", "1-3" },
	{ "24 eth0,snd", "1", "1" },
	{ "24 eth0,snd", "0-2", "0-7" },
	{ "2 eth0", "1-2", "1-2" },
	{ "240 eth0", "1-2", "1-2" },
};

START_TEST(test_shared)
{
	struct knob *new;

	start();
	knobs.settled = true;
	claim("3", true, "");
	(void)know(KNOB_DEFAULT, "-", "0-7", "0-7", "0-2");
	(void)know(KNOB_INTERRUPT, "24 eth0", "1-3", "1-3", "1-2");
	(void)see(KNOB_DEFAULT, "-", "0-2");
	new = see(KNOB_INTERRUPT, shared[_i].key, shared[_i].current);
	settle("0-3");
	check_value(KNOB_INTERRUPT, &new->base, shared[_i].base);
	ck_assert(!new->foreign);
}
END_TEST

/* One that has just that before the default is narrow stays in the ledger, so that it is not taken for born then. */
START_TEST(test_not_born)
{
	struct knob *alike, *other;

	start();
	claim("3", true, "");
	alike = see(KNOB_INTERRUPT, "24 eth0", "0-2");
	other = see(KNOB_INTERRUPT, "25 eth1", "0-1");
	(void)see(KNOB_DEFAULT, "-", "0-3");
	settle("0-3");
	ck_assert(knob_is_due(alike) && knob_is_turned(alike));
	ck_assert(!knob_is_due(other) && !knob_is_turned(other));
}
END_TEST

/* One that is born narrow as it is to be is not due, and still has to be kept. */
START_TEST(test_born_kept)
{
	struct knob *born;

	start();
	claim("3", true, "");
	(void)know(KNOB_DEFAULT, "-", "0-3", "0-3", "0-2");
	(void)see(KNOB_DEFAULT, "-", "0-2");
	born = see(KNOB_INTERRUPT, "24 eth0", "0-2");
	settle("0-3");
	ck_assert(!knob_is_due(born) && knob_is_turned(born));
}
END_TEST

START_TEST(test_gone)
{
	struct knob *knob;

	start();
	knob = know(KNOB_INTERRUPT, "24 eth0", "0-3", "0-3", "0-2");
	settle("0-3");
	ck_assert(!knob->foreign && !knob_is_due(knob) && !knob_is_turned(knob));
}
END_TEST

/* The governor of CPUs that are offline is there again with them, and stays in the ledger until then. */
START_TEST(test_offline)
{
	static const struct {
		bool claimed, offline, turned;
	} rows[] = {
		{ false, true, true },
		{ false, false, false },
		{ true, true, true },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct knob *knob;

		start();
		if (rows[i].claimed)
			claim("2", false, "performance");
		knob = know(KNOB_GOVERNOR, "2", "powersave", "schedutil", "performance");
		knob->offline = rows[i].offline;
		settle("0-1");
		ck_assert(!knob->foreign && !knob_is_due(knob));
		ck_assert_int_eq(knob_is_turned(knob), rows[i].turned);
		check_value(KNOB_GOVERNOR, &knob->base, "powersave");
		check_value(KNOB_GOVERNOR, &knob->last, "schedutil");
		check_value(KNOB_GOVERNOR, &knob->want, "performance");
	}
}
END_TEST

TCase *case_settle(void)
{
	TCase *tcase = suite_case("settle");

	add_rows(tcase, test_want, wants);
	tcase_add_test(tcase, test_needed);
	add_rows(tcase, test_words, words);
	tcase_add_test(tcase, test_preference);
	tcase_add_test(tcase, test_dropin);
	tcase_add_test(tcase, test_dropin_alone);
	add_rows(tcase, test_judge, judged);
	tcase_add_test(tcase, test_unit);
	tcase_add_test(tcase, test_driven);
	tcase_add_test(tcase, test_born);
	tcase_add_test(tcase, test_born_kept);
	tcase_add_test(tcase, test_frail);
	tcase_add_test(tcase, test_cut);
	tcase_add_test(tcase, test_not_born);
	add_rows(tcase, test_shared, shared);
	tcase_add_test(tcase, test_gone);
	tcase_add_test(tcase, test_offline);
	return tcase;
}
