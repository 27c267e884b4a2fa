// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a domain can have its CPUs, by tables: eight CPUs, and VM "other" has 4 and 5. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "plan/settle.h"
#include "tests/unit/plan/plan.h"

static struct knobs knobs;
static struct claims others;
static struct notes notes;
static struct refusal refusal;
static struct claim claim;

static struct cpuset set_of(const char *list)
{
	struct cpuset set = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &set), 0);
	return set;
}

static void need(const char *group, const char *cpus)
{
	struct knob_need *new = &knobs.needs[knobs.n_needs++];

	(void)snprintf(new->group, sizeof(new->group), "%s", group);
	new->cpus = set_of(cpus);
}

static void start(bool isolated)
{
	knobs_clear(&knobs);
	memset(&others, 0, sizeof(others));
	memset(&notes, 0, sizeof(notes));
	others.n_claims = 1;
	others.claims[0] = (struct claim){ .name = "oth\ner", .cpus = set_of("4-5"), .isolate = isolated };
}

static int ask(struct demand demand, bool isolate, const char *governor, enum overlap_action overlap)
{
	struct policy policy = { .isolate = isolate, .overlap = overlap };
	struct cpuset online = set_of("0-7");

	(void)snprintf(policy.governor, sizeof(policy.governor), "%s", governor);
	refusal.reason = REFUSAL_NONE;
	return plan_claim(&demand, &policy, &others, &knobs, &online, &claim, &notes, &refusal);
}

static struct demand pinned(const char *cpus)
{
	return (struct demand){ .n_vcpus = 2, .n_pinned = 2, .vcpus = set_of(cpus) };
}

START_TEST(test_none)
{
	start(true);
	/* What it does not ask for is no reason to look at what it has. */
	ck_assert_int_eq(ask((struct demand){ .problem = "the domain is odd" }, false, "", OVERLAP_REFUSE), 1);
	ck_assert_int_eq(ask(pinned("4"), false, "", OVERLAP_REFUSE), 1);
}
END_TEST

START_TEST(test_given)
{
	start(true);
	ck_assert_int_eq(ask(pinned("2-3"), true, "performance", OVERLAP_REFUSE), 0);
	ck_assert_str_eq(cpuset_text(&claim.cpus).s, "2-3");
	ck_assert(claim.isolate);
	ck_assert_str_eq(claim.governor, "performance");
	ck_assert_str_eq(claim.name, "");
	ck_assert_int_eq(ask(pinned("0-3"), false, "schedutil", OVERLAP_REFUSE), 0);
	ck_assert(!claim.isolate);
	ck_assert_str_eq(claim.governor, "schedutil");
	/* Of those who share, both mean to. */
	start(false);
	ck_assert_int_eq(ask(pinned("4-7"), false, "performance", OVERLAP_REFUSE), 0);
	ck_assert_uint_eq(notes.n, 0);
}
END_TEST

#define PIN_ALL "; pin all with <vcpupin>, as 'gpu-handoff xml --tune' does"
#define ABOUT   "the policy is about the CPUs that vCPUs are pinned to, and "

static const struct {
	struct demand demand;
	const char *vcpus;
	bool isolate;
	enum refusal_reason reason;
	const char *sentence;
} refusals[] = {
	{ { .problem = "the domain is odd" }, "", true, REFUSAL_INPUT, "the domain is odd" },
	{ { .n_vcpus = 4 }, "", true, REFUSAL_CPUS, ABOUT "none of them is" PIN_ALL },
	{ { .n_vcpus = 4 }, "", false, REFUSAL_CPUS, ABOUT "none of them is" PIN_ALL },
	{ { .n_vcpus = 4, .n_pinned = 3 }, "1-3", true, REFUSAL_CPUS, ABOUT "only 3 of 4 are" PIN_ALL },
	{ { .n_vcpus = 2, .n_pinned = 2 }, "7-9", true, REFUSAL_CPUS,
		"vCPUs are pinned to CPUs 8-9, not online on this host; pin them to others with <vcpupin>" },
	{ { .n_vcpus = 2, .n_pinned = 2 }, "0-3,6-7", true, REFUSAL_CPUS,
		"with CPUs 0-3,6-7, VMs would have all CPUs of the host for themselves; leave it at least one core" },
	{ { .n_vcpus = 2, .n_pinned = 2 }, "3-4", true, REFUSAL_CPUS,
		"CPU 4, which vCPUs are pinned to, would be shared with VM 'oth?er'; pin them to others, stop it, or "
		"set "
		"overlap='warn' in the policy" },
	{ { .n_vcpus = 2, .n_pinned = 2 }, "4-5", false, REFUSAL_CPUS,
		"CPUs 4-5, which vCPUs are pinned to, would be shared with VM 'oth?er'; pin them to others, stop it, "
		"or set "
		"overlap='warn' in the policy" },
};

START_TEST(test_refused)
{
	struct demand demand = refusals[_i].demand;

	start(true);
	demand.vcpus = set_of(refusals[_i].vcpus);
	ck_assert_int_eq(ask(demand, refusals[_i].isolate, "performance", OVERLAP_REFUSE), -ECANCELED);
	ck_assert_int_eq(refusal.reason, refusals[_i].reason);
	ck_assert_str_eq(refusal.sentence, refusals[_i].sentence);
}
END_TEST

/* Every CPU is somebody's, and none is isolated: the host is not locked out. */
START_TEST(test_all_shared)
{
	start(true);
	ck_assert_int_eq(ask(pinned("0-3,6-7"), false, "performance", OVERLAP_REFUSE), 0);
}
END_TEST

START_TEST(test_warned)
{
	struct demand demand = pinned("4-6");

	start(true);
	demand.service = set_of("5,7");
	ck_assert_int_eq(ask(demand, true, "", OVERLAP_WARN), 0);
	ck_assert_uint_eq(notes.n, 2);
	ck_assert_str_eq(notes.lines[0], "CPUs 4-5, which vCPUs are pinned to, are shared with VM 'oth?er'");
	ck_assert_str_eq(
		notes.lines[1], "CPU 5, which emulator or iothreads are pinned to, is isolated for VM 'oth?er'");
	/* Its own service CPUs are no reason to refuse. */
	start(true);
	demand.vcpus = set_of("2");
	ck_assert_int_eq(ask(demand, true, "", OVERLAP_REFUSE), 0);
	ck_assert_uint_eq(notes.n, 1);
	/* What no VM can do without, a warning does not give. */
	ck_assert_int_eq(ask(pinned("0-7"), true, "", OVERLAP_WARN), -ECANCELED);
}
END_TEST

#define SCOPE "machine-qemu\\x2d1\\x2dvm.scope"

/* Control groups that are bound to CPUs, and a domain that wants 2 and 3 of 8; the last one has 4 and 5. */
static const struct {
	const char *group, *cpus, *second_group, *second_cpus;
	const char *shared; /* "": none */
} needs[] = {
	{ "machine.slice/" SCOPE "/libvirt/vcpu0", "3,6", "", "", "CPU 3, " SCOPE },
	{ "machine.slice/" SCOPE "/libvirt/vcpu0", "3", "machine.slice/" SCOPE "/libvirt/vcpu1", "2",
		"CPUs 2-3, " SCOPE },
	{ "machine.slice/" SCOPE "/libvirt/vcpu0", "6", "machine.slice/" SCOPE "/libvirt/vcpu1", "2", "CPU 2, " SCOPE },
	{ "machine.slice/" SCOPE "/libvirt/vcpu0", "6-7", "", "", "" },
	{ "machine.slice/" SCOPE "/libvirt/emulator", "0-7", "", "", "" },
	{ "machine.slice/" SCOPE, "2", "", "", "CPU 2, " SCOPE },
	{ "odd/vm.libvirt-qemu/libvirt/vcpu0", "2", "", "", "CPU 2, vm.libvirt-qemu" },
	{ "system.slice/db.service", "2-3", "", "", "CPUs 2-3, db.service" },
	{ "system.slice/db.service", "3-4,9", "", "", "CPU 3, db.service" },
	{ "system.slice/db.service", "3,6", "", "", "" },
	{ "system.slice/db.service", "4-5", "", "", "" },
	{ "user.slice/machine-qemu", "3,6", "", "", "" },
	{ "user.slice/machine-qemu", "3", "", "", "CPU 3, machine-qemu" },
	{ "db", "2", "", "", "CPU 2, db" },
};

START_TEST(test_needs)
{
	for (enum overlap_action overlap = OVERLAP_REFUSE; overlap <= OVERLAP_WARN; overlap++) {
		char who[256] = "", cpus[64] = "", expected[512];
		bool is_refused = *needs[_i].shared && overlap == OVERLAP_REFUSE;

		start(true);
		need(needs[_i].group, needs[_i].cpus);
		if (*needs[_i].second_group)
			need(needs[_i].second_group, needs[_i].second_cpus);
		ck_assert_int_eq(ask(pinned("2-3"), true, "", overlap), is_refused ? -ECANCELED : 0);
		ck_assert_uint_eq(notes.n, *needs[_i].shared && !is_refused);
		if (*needs[_i].shared)
			ck_assert_int_eq(sscanf(needs[_i].shared, "%63[^,], %255s", cpus, who), 2);
		if (is_refused) {
			(void)snprintf(expected, sizeof(expected),
				"%s, which vCPUs are pinned to, would be shared with '%s'; pin them to others, stop "
				"it, "
				"or set overlap='warn' in the policy",
				cpus, who);
			ck_assert_str_eq(refusal.sentence, expected);
		} else if (*needs[_i].shared) {
			(void)snprintf(expected, sizeof(expected), "%s, which vCPUs are pinned to, %s shared with '%s'",
				cpus, strchr(cpus, 's') ? "are" : "is", who);
			ck_assert_str_eq(notes.lines[0], expected);
		}
		/* Who does not isolate takes nothing from anybody. */
		ck_assert_int_eq(ask(pinned("2-3"), false, "performance", overlap), 0);
	}
}
END_TEST

/* The longest list and the longest name leave the way out in the sentence. */
START_TEST(test_long)
{
	struct cpuset online = { 0 }, odd = { 0 };
	struct policy policy = { .isolate = true };
	struct demand demand = { .n_vcpus = 1, .n_pinned = 1 };

	start(true);
	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu++)
		cpuset_add(cpu % 2 ? &odd : &online, cpu);
	cpuset_add_all(&online, &odd);
	demand.vcpus = others.claims[0].cpus = odd;
	memset(others.claims[0].name, '\'', sizeof(others.claims[0].name) - 1);
	ck_assert_int_eq(plan_claim(&demand, &policy, &others, &knobs, &online, &claim, &notes, &refusal), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(refusal.sentence, ",..., which vCPUs are pinned to"));
	ck_assert_ptr_nonnull(strstr(refusal.sentence, "set overlap='warn' in the policy"));
}
END_TEST

TCase *case_claim(void)
{
	TCase *tcase = suite_case("claim");

	tcase_add_test(tcase, test_none);
	tcase_add_test(tcase, test_given);
	add_rows(tcase, test_refused, refusals);
	tcase_add_test(tcase, test_all_shared);
	tcase_add_test(tcase, test_warned);
	add_rows(tcase, test_needs, needs);
	tcase_add_test(tcase, test_long);
	return tcase;
}
