// SPDX-License-Identifier: GPL-2.0-or-later
/* CPUs and huge pages are taken and given back while each operation in turn goes wrong. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/machine_cpus.h"
#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

/* What nobody waits for. */
#define PATIENCE_MS 1

static char *before;
static struct domain vm;

static const struct way {
	const char *name;
	enum fault_kind kind;
	unsigned int scope;
	int error;
} ways[] = {
	{ "refused", FAULT_ERROR, FAULT_KERNEL, EIO },
	{ "refused with effect", FAULT_ERROR_AFTER, FAULT_KERNEL, EBUSY },
	{ "ignored", FAULT_IGNORED, FAULT_KERNEL, 0 },
	{ "file refused", FAULT_ERROR, FAULT_FILE, ENOSPC },
	{ "file refused with effect", FAULT_ERROR_AFTER, FAULT_FILE, EIO },
	{ "file cut short", FAULT_HALF, FAULT_FILE, ENOSPC },
};

static void ask(void)
{
	vm = machine_cpus_domain("vm", 1, "4-7", "performance");
	machine_ask_pages(&vm, 1, 20);
}

static void start(void)
{
	fault_patience_ms = PATIENCE_MS;
	machine_start(&machine, NULL, 0);
	machine_dress_cpus(&machine, false);
	ask();
	before = machine_snapshot_cpus(&machine);
}

/* Of an old kernel, with a card. What the first domain leaves in control groups that do not forget is as it was before.
 */
static void start_old(void)
{
	fault_patience_ms = PATIENCE_MS;
	machine_start(&machine, "rocketlake-i7-11700-rtx2060", MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	machine_dress_cpus(&machine, true);
	ask();
	vm.n_hostdevs = machine.cards[1].n_hostdevs;
	memcpy(vm.hostdevs, machine.cards[1].hostdevs, sizeof(vm.hostdevs));
	(void)loop_count(CALL_TAKE, &vm, 0);
	before = machine_snapshot_cpus(&machine);
}

static void stop(void)
{
	free(before);
	machine_stop(&machine);
}

/* NULL when all is as before. */
static const char *difference(const char *ignored)
{
	char *after = machine_snapshot_cpus(&machine);
	const char *found = snapshot_compare(before, after, ignored);

	free(after);
	return found ? found : machine_is_clean(&machine) ? NULL : "something is left in /run/gpu-handoff";
}

static void check(const char *what, unsigned int at)
{
	const char *found = difference(NULL);

	ck_assert_msg(!found, "%s at %u: %s; %s; %s", what, at, found, machine.refusal.sentence, machine.notes);
}

static int call_with(enum call call, const struct way *way, unsigned int at)
{
	struct fault fault = { .kind = way->kind, .scope = way->scope, .at = at, .error = way->error };
	int r;

	fault_arm(&fault);
	r = loop_call(call, &vm);
	fault_disarm(0);
	return r;
}

/* A take that fails is refused, and nothing is left of it; one that goes on without a knob gives all back. */
START_TEST(test_fail_take)
{
	const struct way *way = &ways[_i];
	unsigned int n = loop_count(CALL_TAKE, &vm, way->scope), n_refused = 0;

	for (unsigned int at = 1; at <= n; at++) {
		int r = call_with(CALL_TAKE, way, at);

		if (r == 0) {
			ck_assert_msg(strstr(machine.notes, "so they stay as they are"), "%s at %u", way->name, at);
			r = loop_call(CALL_RETURN, &vm);
			ck_assert_msg(r == 0, "%s at %u: %s", way->name, at, machine.refusal.sentence);
		} else {
			ck_assert_int_eq(r, -ECANCELED);
			ck_assert_uint_gt(strlen(machine.refusal.sentence), 20);
			n_refused++;
		}
		check(way->name, at);
	}
	ck_assert_uint_gt(n_refused, 5);
}
END_TEST

/* What a return may leave to recovery when the write of it fails, and what it says then. */
static const struct {
	const char *path, *told;
} optional[] = {
	{ "run/fake/banned", "CPUs that irqbalance leaves alone" },
	{ "proc/irq/9/", "CPUs of interrupt '9 acpi'" },
	{ "proc/irq/24/", "CPUs of interrupt '24 eth0-rx-0'" },
	{ "proc/irq/25/", "CPUs of interrupt '25 xhci_hcd'" },
	{ "run/fake/affinity/2 ", "CPUs of thread '2 20'" },
	{ "run/fake/affinity/32", "CPUs of thread '32 320'" },
	{ "run/systemd/", "systemd's drop-in of '" },
	{ "sys/devices/system/cpu/cpu4/", "pm_qos_resume_latency_us of CPU '4'" },
	{ "sys/devices/system/cpu/cpu5/", "pm_qos_resume_latency_us of CPU '5'" },
	{ "sys/devices/system/cpu/cpu6/", "pm_qos_resume_latency_us of CPU '6'" },
	{ "sys/devices/system/cpu/cpu7/", "pm_qos_resume_latency_us of CPU '7'" },
	{ "sys/devices/system/cpu/cpufreq/policy4/energy", "energy_performance_preference of cpufreq policy '4'" },
};

/* All CPUs are as good as none set; the manager has looked itself whether irqbalance took what it was told. */
static bool may_stay_untold(const struct way *way)
{
	return way->kind == FAULT_IGNORED &&
	       (strstr(difference(NULL), "/cpuset.cpus = 0-7") || !difference("run/fake/banned"));
}

static void check_left(const struct way *way, unsigned int at)
{
	bool told = !difference(NULL) || may_stay_untold(way);

	for (int i = 0; i < COUNT(optional); i++)
		told = told || strstr(machine.notes, optional[i].told);
	ck_assert_msg(told, "%s at %u: %s; %s", way->name, at, difference(NULL), machine.notes);
	ck_assert_int_ge(handover_recover(machine.handover, &machine.refusal), 0);
	if (!difference(NULL))
		return;
	if (!may_stay_untold(way))
		check(way->name, at);
	stop();
	start();
}

/* A return that fails is what recovery ends; what may stay is told. */
START_TEST(test_fail_return)
{
	const struct way *way = &ways[_i];
	unsigned int n = loop_count(CALL_RETURN, &vm, way->scope), n_refused = 0;

	for (unsigned int at = 1; at <= n; at++) {
		int r;

		ck_assert_int_eq(loop_call(CALL_TAKE, &vm), 0);
		r = call_with(CALL_RETURN, way, at);
		if (r < 0) {
			ck_assert_int_eq(r, -ECANCELED);
			r = handover_recover(machine.handover, &machine.refusal);
			ck_assert_msg(r >= 0, "%s at %u: %s", way->name, at, machine.refusal.sentence);
			check(way->name, at);
			n_refused++;
		} else {
			ck_assert_msg(r == 0, "%s at %u: called changed by somebody else", way->name, at);
			check_left(way, at);
		}
	}
	ck_assert_uint_gt(n_refused, 1);
}
END_TEST

/* ---- death ---- */

/* In a process of its own. Returns whether it died. */
static bool die_in(int (*does)(void), enum fault_kind kind, unsigned int at)
{
	struct fault fault = { .kind = kind, .scope = FAULT_ALL, .at = at };
	pid_t child = fork();
	int status;

	if (child == 0) {
		fault_arm(&fault);
		(void)does();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) && WEXITSTATUS(status) == FAULT_DEATH_STATUS;
}

static int take(void)
{
	return loop_call(CALL_TAKE, &vm);
}

static int give_back(void)
{
	return loop_call(CALL_RETURN, &vm);
}

static int recover(void)
{
	machine.notes[0] = '\0';
	return handover_recover(machine.handover, &machine.refusal);
}

/* The domain is started again instead, and stopped. */
static int start_again(void)
{
	int r = take();

	return r < 0 ? r : give_back();
}

static const struct {
	int (*does)(void), (*then)(void);
} deaths[] = {
	{ take, recover },
	{ take, start_again },
	{ give_back, recover },
	{ give_back, start_again },
};

START_TEST(test_die)
{
	for (unsigned int at = 1, died = 2; died; at++) {
		died = 0;
		for (enum fault_kind kind = FAULT_DEATH_BEFORE; kind <= FAULT_DEATH_AFTER; kind++) {
			int r;

			if (deaths[_i].does == give_back)
				ck_assert_int_eq(take(), 0);
			died += die_in(deaths[_i].does, kind, at);
			machine.n_failed = 0;
			r = deaths[_i].then();
			ck_assert_msg(r >= 0, "at %u: %s", at, machine.refusal.sentence);
			/* Nobody else changed anything. */
			ck_assert_msg(!machine.n_failed && !strstr(machine.notes, "somebody else"), "at %u: %s", at,
				machine.notes);
			check("death", at);
		}
		ck_assert(died != 0 || at > 25);
	}
}
END_TEST

/* Recovery dies as well, anywhere; the next one ends what both began. */
START_TEST(test_die_twice)
{
	unsigned int n = loop_count(CALL_TAKE, &vm, FAULT_ALL);

	for (unsigned int at = 4; at <= n; at += 6) {
		for (unsigned int again = 1, died = 1; died; again += 2) {
			ck_assert(die_in(take, FAULT_DEATH_AFTER, at));
			died = die_in(recover, FAULT_DEATH_AFTER, again);
			ck_assert_int_ge(recover(), 0);
			check("second death", at);
		}
	}
}
END_TEST

/* A VM that is not ours comes, and who narrows its scope dies: recovery narrows it, and the return widens it. */
static struct domain stranger;

static int start_stranger(void)
{
	handover_started(machine.handover, &stranger);
	return 0;
}

START_TEST(test_die_beside)
{
	static const char group[] = "sys/fs/cgroup/machine.slice/machine-qemu\\x2d1\\x2dguest.scope/cpuset.cpus";
	unsigned int died = 1;

	stranger = machine_cpus_domain("guest", 2, "0", "");
	for (unsigned int at = 1; died; at++) {
		ck_assert_int_eq(handover_take(machine.handover, &vm, CPUS_DAEMON, &machine.refusal), 0);
		machine_run_vm(&machine, &stranger, 1001);
		died = die_in(start_stranger, at % 2 ? FAULT_DEATH_BEFORE : FAULT_DEATH_AFTER, (at + 1) / 2);
		ck_assert_int_eq(recover(), 0);
		ck_assert_msg(strcmp(machine_line(&machine, group), "0-3") == 0, "at %u: %s", at,
			machine_line(&machine, group));
		ck_assert_int_eq(give_back(), 0);
		ck_assert_ptr_null(strstr(machine.notes, "somebody else"));
		ck_assert_msg(
			strcmp(machine_line(&machine, group), "") == 0, "at %u: %s", at, machine_line(&machine, group));
		machine_end_vm(&machine, &stranger, 1001);
		check("death beside", at);
		ck_assert(died || at > 6);
	}
}
END_TEST

/* What a domain asked for that died before it had its CPUs is nobody's, whoever settles before recovery does. */
START_TEST(test_die_before)
{
	const struct domain one = machine_cpus_domain("one", 2, "2-3", "");
	static const char pages[] = "sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages";
	static const char slice[] = "sys/fs/cgroup/system.slice/cpuset.cpus";

	ck_assert_int_eq(handover_take(machine.handover, &one, CPUS_DAEMON, &machine.refusal), 0);
	ck_assert(die_in(take, FAULT_DEATH_AFTER, 3));
	ck_assert_str_eq(machine_line(&machine, pages), "20");
	handover_started(machine.handover, &one);
	ck_assert_str_eq(machine_line(&machine, slice), "0-1,4-7");
	ck_assert_int_eq(recover(), 1);
	ck_assert_str_eq(machine_line(&machine, pages), "4");
	ck_assert_int_eq(handover_return(machine.handover, one.uuid, &machine.refusal), 0);
	check("death before", 3);
}
END_TEST

/* With a card, and where threads lose their CPUs on the way. */
TCase *case_cpus_loops_old(void)
{
	TCase *tcase = suite_case("cpus_loops_old");

	tcase_add_checked_fixture(tcase, start_old, stop);
	tcase_add_loop_test(tcase, test_die, 0, 1);
	tcase_add_loop_test(tcase, test_die, COUNT(deaths) - 1, COUNT(deaths));
	return tcase;
}

TCase *case_cpus_loops(void)
{
	TCase *tcase = suite_case("cpus_loops");

	tcase_add_checked_fixture(tcase, start, stop);
	add_rows(tcase, test_fail_take, ways);
	add_rows(tcase, test_fail_return, ways);
	add_rows(tcase, test_die, deaths);
	tcase_add_test(tcase, test_die_twice);
	tcase_add_test(tcase, test_die_beside);
	tcase_add_test(tcase, test_die_before);
	return tcase;
}
