// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/model/model.h"

static struct settings settings;

static const struct {
	const char *word;
	int expected;
	enum holders_action action;
} actions[] = {
	{ "refuse", 0, HOLDERS_REFUSE },
	{ "stop", 0, HOLDERS_STOP },
	{ "", -EINVAL, HOLDERS_REFUSE },
	{ "Stop", -EINVAL, HOLDERS_REFUSE },
	{ "stop ", -EINVAL, HOLDERS_REFUSE },
	{ " stop", -EINVAL, HOLDERS_REFUSE },
	{ "stopp", -EINVAL, HOLDERS_REFUSE },
	{ "kill", -EINVAL, HOLDERS_REFUSE },
};

START_TEST(test_action)
{
	struct policy policy;

	policy_init(&policy);
	ck_assert(!policy.has_action && !policy.has_wait && !policy.problem[0]);
	ck_assert_int_eq(policy.action, HOLDERS_REFUSE);
	ck_assert_uint_eq(policy.wait_s, POLICY_WAIT_DEFAULT_S);
	ck_assert_int_eq(policy_set_action(&policy, actions[_i].word), actions[_i].expected);
	ck_assert_int_eq(policy.action, actions[_i].action);
	ck_assert_int_eq(policy.has_action, actions[_i].expected == 0);
	if (actions[_i].expected == 0)
		ck_assert_str_eq(holders_action_name(policy.action), actions[_i].word);
}
END_TEST

static const struct {
	const char *word;
	int expected;
	unsigned int wait_s;
} waits[] = {
	{ "0", 0, 0 },
	{ "1", 0, 1 },
	{ "007", 0, 7 },
	{ "600", 0, 600 },
	{ "601", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ "4294967296", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ "18446744073709551616", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ "-1", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ "+1", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ "1.5", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ "10s", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ "0x10", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ " 1", -EINVAL, POLICY_WAIT_DEFAULT_S },
	{ "", -EINVAL, POLICY_WAIT_DEFAULT_S },
};

START_TEST(test_wait)
{
	struct policy policy;

	policy_init(&policy);
	ck_assert_int_eq(policy_set_wait(&policy, waits[_i].word), waits[_i].expected);
	ck_assert_uint_eq(policy.wait_s, waits[_i].wait_s);
	ck_assert_int_eq(policy.has_wait, waits[_i].expected == 0);
}
END_TEST

/* What the domain says and the host says; NULL for nothing. */
static const struct {
	const char *domain_action, *domain_wait, *domain_problem, *host_action, *host_wait, *host_problem;
	enum holders_action action;
	unsigned int wait_s;
	const char *problem;
} merges[] = {
	{ NULL, NULL, "", NULL, NULL, "", HOLDERS_REFUSE, 10, "" },
	{ NULL, NULL, "", "stop", "0", "", HOLDERS_STOP, 0, "" },
	{ "refuse", NULL, "", "stop", "30", "", HOLDERS_REFUSE, 30, "" },
	{ "stop", "0", "", "refuse", "30", "", HOLDERS_STOP, 0, "" },
	{ NULL, "10", "", NULL, "30", "", HOLDERS_REFUSE, 10, "" },
	{ NULL, NULL, "the domain", NULL, NULL, "", HOLDERS_REFUSE, 10, "the domain" },
	{ NULL, NULL, "", NULL, NULL, "the host", HOLDERS_REFUSE, 10, "the host" },
	{ "stop", "1", "the domain", NULL, NULL, "the host", HOLDERS_STOP, 1, "the domain" },
};

static struct policy policy_of(const char *action, const char *wait, const char *problem)
{
	struct policy policy;

	policy_init(&policy);
	ck_assert(!action || policy_set_action(&policy, action) == 0);
	ck_assert(!wait || policy_set_wait(&policy, wait) == 0);
	(void)snprintf(policy.problem, sizeof(policy.problem), "%s", problem);
	return policy;
}

START_TEST(test_merge)
{
	const struct policy domain =
		policy_of(merges[_i].domain_action, merges[_i].domain_wait, merges[_i].domain_problem);
	const struct policy host = policy_of(merges[_i].host_action, merges[_i].host_wait, merges[_i].host_problem);
	const struct policy merged = policy_merge(&domain, &host);

	ck_assert_int_eq(merged.action, merges[_i].action);
	ck_assert_uint_eq(merged.wait_s, merges[_i].wait_s);
	ck_assert_str_eq(merged.problem, merges[_i].problem);
}
END_TEST

/* A word of one setter, and what comes of it: the same word, or nothing when it is not taken. */
static const struct {
	int (*set)(struct policy *policy, const char *word);
	const char *word;
	int expected;
} words[] = {
	{ policy_set_isolate, "yes", 0 },
	{ policy_set_isolate, "no", 0 },
	{ policy_set_isolate, "", -EINVAL },
	{ policy_set_isolate, "Yes", -EINVAL },
	{ policy_set_isolate, "yes ", -EINVAL },
	{ policy_set_isolate, "true", -EINVAL },
	{ policy_set_allocate, "yes", 0 },
	{ policy_set_allocate, "no", 0 },
	{ policy_set_allocate, "1", -EINVAL },
	{ policy_set_overlap, "refuse", 0 },
	{ policy_set_overlap, "warn", 0 },
	{ policy_set_overlap, "stop", -EINVAL },
	{ policy_set_overlap, "", -EINVAL },
	{ policy_set_governor, "performance", 0 },
	{ policy_set_governor, "a-b_c9", 0 },
	{ policy_set_governor, "p", 0 },
	{ policy_set_governor, "fifteen-letters", 0 },
	{ policy_set_governor, "sixteen-letters-", -EINVAL },
	{ policy_set_governor, "", -EINVAL },
	{ policy_set_governor, "Performance", -EINVAL },
	{ policy_set_governor, "a b", -EINVAL },
	{ policy_set_governor, "a/b", -EINVAL },
	{ policy_set_governor, "a.b", -EINVAL },
	{ policy_set_governor, "a\n", -EINVAL },
	{ policy_set_governor, "\xc3\xa4", -EINVAL },
};

/* What was said of all but holders. */
static void show(const struct policy *policy, char said[static 64])
{
	said[0] = '\0';
	if (policy->has_isolate)
		strcat(said, policy->isolate ? "yes" : "no");
	if (policy->has_allocate)
		strcat(said, policy->allocate ? "yes" : "no");
	if (policy->has_overlap)
		strcat(said, overlap_action_name(policy->overlap));
	if (policy->has_governor)
		strcat(said, policy->governor);
}

START_TEST(test_words)
{
	struct policy policy, untouched;
	char said[64];

	policy_init(&policy);
	policy_init(&untouched);
	ck_assert_int_eq(words[_i].set(&policy, words[_i].word), words[_i].expected);
	show(&policy, said);
	ck_assert_str_eq(said, words[_i].expected == 0 ? words[_i].word : "");
	if (words[_i].expected != 0)
		ck_assert_mem_eq(&policy, &untouched, sizeof(policy));
	ck_assert(!policy.has_action && !policy.has_wait);
}
END_TEST

START_TEST(test_word_defaults)
{
	struct policy policy;

	policy_init(&policy);
	ck_assert(!policy.has_isolate && !policy.has_governor && !policy.has_overlap && !policy.has_allocate);
	ck_assert(!policy.isolate && !policy.allocate && policy.overlap == OVERLAP_REFUSE);
	ck_assert_str_eq(policy.governor, "");
}
END_TEST

static void say_words(struct policy *policy, const char *answer, const char *governor, const char *overlap)
{
	ck_assert_int_eq(policy_set_isolate(policy, answer), 0);
	ck_assert_int_eq(policy_set_allocate(policy, answer), 0);
	ck_assert_int_eq(policy_set_governor(policy, governor), 0);
	ck_assert_int_eq(policy_set_overlap(policy, overlap), 0);
}

/* What the domain says counts, also where that is the default; the rest is the host's. */
START_TEST(test_merge_words)
{
	struct policy domain, host, merged;

	policy_init(&domain);
	policy_init(&host);
	say_words(&host, "yes", "performance", "warn");
	merged = policy_merge(&domain, &host);
	ck_assert(merged.isolate && merged.allocate && merged.overlap == OVERLAP_WARN);
	ck_assert_str_eq(merged.governor, "performance");

	say_words(&domain, "no", "powersave", "refuse");
	merged = policy_merge(&domain, &host);
	ck_assert(!merged.isolate && !merged.allocate && merged.overlap == OVERLAP_REFUSE);
	ck_assert_str_eq(merged.governor, "powersave");

	/* Each by itself. */
	policy_init(&domain);
	ck_assert_int_eq(policy_set_isolate(&domain, "no"), 0);
	merged = policy_merge(&domain, &host);
	ck_assert(!merged.isolate && merged.allocate && merged.overlap == OVERLAP_WARN);
	ck_assert_str_eq(merged.governor, "performance");
}
END_TEST

static const struct {
	const char *unit;
	int expected;
} units[] = {
	{ "dcgm-exporter.service", 0 },
	{ "a.service", 0 },
	{ "getty@tty1.service", 0 },
	{ "a\\x2db:c_d.service", 0 },
	{ "nvidia-persistenced.service", 0 },
	{ "", -EINVAL },
	{ ".service", -EINVAL },
	{ "service", -EINVAL },
	{ "gdm", -EINVAL },
	{ "gdm.Service", -EINVAL },
	{ "gdm.service ", -EINVAL },
	{ "gdm.socket", -EINVAL },
	{ "session-2.scope", -EINVAL },
	{ "../gdm.service", -EINVAL },
	{ "a/b.service", -EINVAL },
	{ "a b.service", -EINVAL },
	{ "a;b.service", -EINVAL },
	{ "a\nb.service", -EINVAL },
	{ "\xc3\xa4.service", -EINVAL },
	{ "*.service", -EINVAL },
};

START_TEST(test_restarted)
{
	settings_init(&settings);
	ck_assert_uint_eq(settings.n_restarted, 2);
	ck_assert(settings_restarts(&settings, "nvidia-persistenced.service"));
	ck_assert(settings_restarts(&settings, "nvidia-powerd.service"));
	ck_assert_int_eq(settings_add_restarted(&settings, units[_i].unit), units[_i].expected);
	ck_assert_int_eq(settings_restarts(&settings, units[_i].unit), units[_i].expected == 0);
	ck_assert(!settings_restarts(&settings, "nvidia"));
	ck_assert(!settings_restarts(&settings, ""));
}
END_TEST

START_TEST(test_restarted_bounds)
{
	char unit[UNIT_NAME_SIZE + 16];

	settings_init(&settings);
	for (unsigned int i = 2; i < SETTINGS_RESTARTED_MAX; i++) {
		(void)snprintf(unit, sizeof(unit), "a%u.service", i);
		ck_assert_int_eq(settings_add_restarted(&settings, unit), 0);
	}
	ck_assert_int_eq(settings_add_restarted(&settings, "one-more.service"), -E2BIG);
	/* One that is there needs no room. */
	ck_assert_int_eq(settings_add_restarted(&settings, "a2.service"), 0);
	ck_assert_uint_eq(settings.n_restarted, SETTINGS_RESTARTED_MAX);

	/* The longest name, and one byte more. */
	settings_init(&settings);
	for (size_t length = UNIT_NAME_SIZE - 1; length <= UNIT_NAME_SIZE; length++) {
		memset(unit, 'n', length);
		(void)strcpy(unit + length - strlen(".service"), ".service");
		ck_assert_int_eq(settings_add_restarted(&settings, unit), length < UNIT_NAME_SIZE ? 0 : -EINVAL);
	}
}
END_TEST

TCase *case_policy(void)
{
	TCase *tcase = suite_case("policy");

	add_rows(tcase, test_action, actions);
	add_rows(tcase, test_wait, waits);
	add_rows(tcase, test_merge, merges);
	add_rows(tcase, test_words, words);
	tcase_add_test(tcase, test_word_defaults);
	tcase_add_test(tcase, test_merge_words);
	add_rows(tcase, test_restarted, units);
	tcase_add_test(tcase, test_restarted_bounds);
	return tcase;
}
