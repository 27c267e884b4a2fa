// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe/knobs.h"
#include "tests/unit/probe/knobs_host.h"
#include "tests/unit/probe/probe.h"

static void put_policy(const char *number, const char *cpus, const char *governor, const char *preference)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "sys/devices/system/cpu/cpufreq/policy%s/related_cpus", number);
	put(path, "%s\n", cpus);
	(void)snprintf(path, sizeof(path), "sys/devices/system/cpu/cpufreq/policy%s/scaling_governor", number);
	put(path, "%s\n", governor);
	(void)snprintf(
		path, sizeof(path), "sys/devices/system/cpu/cpufreq/policy%s/scaling_available_governors", number);
	put(path, "performance powersave \n");
	(void)snprintf(
		path, sizeof(path), "sys/devices/system/cpu/cpufreq/policy%s/energy_performance_preference", number);
	if (preference)
		put(path, "%s\n", preference);
}

static void setup(void)
{
	knobs_host_setup();
	put_policy("0", "0 1", "powersave", "balance_performance");
	put_policy("2", "2 3 ", "powersave", "balance_power");
	put_policy("4", "4 5 6 7", "schedutil", NULL);
	for (int i = 0; i < 8; i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%d/power/pm_qos_resume_latency_us", i);
		put(path, "%s\n", i == 3 ? "n/a" : "0");
	}
}

START_TEST(test_wanted)
{
	put_claim("vm", "3-4", false, "performance");
	put_claim("other", "0-1", true, "");
	probe(0);
	ck_assert_str_eq(seen(KNOB_GOVERNOR), "2=powersave 4=schedutil");
	ck_assert_str_eq(seen(KNOB_PREFERENCE), "2=balance_power");
	ck_assert_str_eq(seen(KNOB_LATENCY), "3=n/a 4=0");
	ck_assert_str_eq(cpuset_text(&knobs_find(&it.knobs, KNOB_GOVERNOR, "4")->about).s, "4-7");
	ck_assert_str_eq(cpuset_text(&knobs_find(&it.knobs, KNOB_PREFERENCE, "2")->about).s, "2-3");
	ck_assert_str_eq(cpuset_text(&knobs_find(&it.knobs, KNOB_LATENCY, "3")->about).s, "3");
}
END_TEST

START_TEST(test_not_wanted)
{
	put_claim("vm", "3-4", true, "");
	probe(0);
	ck_assert_str_eq(seen(KNOB_GOVERNOR), "");
	ck_assert_str_eq(seen(KNOB_PREFERENCE), "");
	ck_assert_str_eq(seen(KNOB_LATENCY), "");
}
END_TEST

/* What is to be given back. */
START_TEST(test_known)
{
	put_known(KNOB_GOVERNOR, "0", "powersave", "performance");
	put_known(KNOB_PREFERENCE, "2", "power", "performance");
	put_known(KNOB_LATENCY, "1", "0", "n/a");
	probe(0);
	ck_assert_str_eq(seen(KNOB_GOVERNOR), "0=powersave");
	ck_assert_str_eq(seen(KNOB_PREFERENCE), "2=balance_power");
	ck_assert_str_eq(seen(KNOB_LATENCY), "1=0");
}
END_TEST

/* The kernel tells nothing of a policy whose CPUs are offline; one without CPUs is gone. */
START_TEST(test_offline)
{
	const struct knob *away, *online, *absent;

	put("sys/devices/system/cpu/present", "0-7\n");
	put("sys/devices/system/cpu/online", "0-3\n");
	remove_all(it.scratch.fd, "sys/devices/system/cpu/cpufreq");
	away = put_known(KNOB_GOVERNOR, "4", "powersave", "performance");
	online = put_known(KNOB_PREFERENCE, "2", "power", "performance");
	absent = put_known(KNOB_GOVERNOR, "8", "powersave", "performance");
	(void)put_known(KNOB_LATENCY, "5", "0", "70");
	probe(0);
	ck_assert(away->offline && !online->offline && !absent->offline);
	ck_assert(!knobs_find(&it.knobs, KNOB_LATENCY, "5")->offline);
	ck_assert_str_eq(seen(KNOB_LATENCY), "5=0");
}
END_TEST

/* Policies whose CPUs are not understood, whose governor is no word of ours, or which are none. */
START_TEST(test_odd)
{
	char word[100];

	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	put_claim("vm", "0-7", false, "performance");
	put_policy("0", "zero", "powersave", NULL);
	put_policy("2", "2 3", word, NULL);
	put_policy("4", "", "powersave", NULL);
	put("sys/devices/system/cpu/cpufreq/policy4/affected_cpus", "4\n");
	put_policy("x", "1", "powersave", NULL);
	remove_all(it.scratch.fd, "sys/devices/system/cpu/cpu5");
	probe(0);
	ck_assert_str_eq(seen(KNOB_GOVERNOR), "4=powersave");
	ck_assert_str_eq(seen(KNOB_LATENCY), "0=0 1=0 2=0 3=n/a 4=0 6=0 7=0");
}
END_TEST

static const struct {
	const char *cpus, *governor;
	int expected;
} checks[] = {
	{ "0-7", "performance", 0 },
	{ "0-7", "powersave", 0 },
	{ "2", "schedutil", -ECANCELED },
	{ "2", "power", -ECANCELED },
	{ "2", "performance powersave", -ECANCELED },
	{ "2", "", -ECANCELED },
	{ "8", "performance", 1 },
};

START_TEST(test_check)
{
	struct refusal refusal = { 0 };
	struct cpuset cpus;

	ck_assert_int_eq(cpuset_parse(checks[_i].cpus, &cpus), 0);
	ck_assert_int_eq(governor_check(&it.host, &cpus, checks[_i].governor, &refusal), checks[_i].expected);
	if (checks[_i].expected < 0) {
		ck_assert_int_eq(refusal.reason, REFUSAL_CPUS);
		ck_assert(strstr(refusal.sentence, "CPUs 2-3 of"));
		ck_assert(strstr(refusal.sentence, "one of these: performance powersave"));
		ck_assert(refusal.sentence[strlen(refusal.sentence) - 1] == 'e');
	}
	remove_all(it.scratch.fd, "sys/devices/system/cpu/cpufreq");
	ck_assert_int_eq(governor_check(&it.host, &cpus, "performance", &refusal), 1);
}
END_TEST

TCase *case_knobs_power(void)
{
	TCase *tcase = suite_case("knobs_power");

	tcase_add_checked_fixture(tcase, setup, knobs_host_teardown);
	tcase_add_test(tcase, test_wanted);
	tcase_add_test(tcase, test_not_wanted);
	tcase_add_test(tcase, test_known);
	tcase_add_test(tcase, test_offline);
	tcase_add_test(tcase, test_odd);
	add_rows(tcase, test_check, checks);
	return tcase;
}
