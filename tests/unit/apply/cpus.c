// SPDX-License-Identifier: GPL-2.0-or-later
/* CPUs that are a domain's alone: every knob of the host after a take, and all of it back after a return. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/machine_cpus.h"
#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

static char *before;

static void start(void)
{
	machine_start(&machine, NULL, 0);
	machine_dress_cpus(&machine, true);
	before = machine_snapshot_cpus(&machine);
}

static void stop(void)
{
	char *after = machine_snapshot_cpus(&machine);
	const char *difference = snapshot_compare(before, after, NULL);

	ck_assert_msg(!difference, "%s", difference);
	ck_assert(machine_is_clean(&machine));
	free(after);
	free(before);
	machine_stop(&machine);
}

static void take(const struct domain *domain)
{
	int r;

	machine.notes[0] = '\0';
	r = handover_take(machine.handover, domain, CPUS_DAEMON, &machine.refusal);
	ck_assert_msg(r == 0, "%d: %s", r, machine.refusal.sentence);
}

static void give_back(const struct domain *domain)
{
	int r = loop_call(CALL_RETURN, domain);

	ck_assert_msg(r == 0, "%d: %s %s", r, machine.refusal.sentence, machine.notes);
}

struct expectation {
	const char *path, *value;
};

static void check(const struct expectation *expected, int n)
{
	for (int i = 0; i < n; i++)
		ck_assert_msg(strcmp(machine_line(&machine, expected[i].path), expected[i].value) == 0,
			"%s is '%s', not '%s'", expected[i].path, machine_line(&machine, expected[i].path),
			expected[i].value);
}

static const struct expectation taken[] = {
	{ "proc/irq/default_smp_affinity", "0f" },
	{ "proc/irq/9/smp_affinity", "0f" },
	{ "proc/irq/24/smp_affinity", "0f" }, /* nothing of its own is left */
	{ "proc/irq/25/smp_affinity", "01" },
	{ "proc/irq/26/smp_affinity", "20" }, /* the kernel's */
	{ "sys/devices/virtual/workqueue/cpumask", "0f" },
	{ "sys/fs/cgroup/init.scope/cpuset.cpus", "0-3" },
	{ "sys/fs/cgroup/system.slice/cpuset.cpus", "0-3" },
	{ "sys/fs/cgroup/system.slice/chosen.service/cpuset.cpus", "" },
	{ "sys/fs/cgroup/user.slice/cpuset.cpus", "0-3" },
	{ "sys/fs/cgroup/user.slice/user-1000.slice/cpuset.cpus", "" },
	{ "sys/fs/cgroup/machine.slice/cpuset.cpus", "" },
	{ "sys/fs/cgroup/machine.slice/libpod-beef.scope/cpuset.cpus", "0-3" },
	{ "sys/fs/cgroup/machine.slice/machine-qemu\\x2d9\\x2dother.scope/cpuset.cpus", "0-3" },
	{ "sys/fs/cgroup/machine.slice/machine-qemu\\x2d9\\x2dother.scope/libvirt/vcpu0/cpuset.cpus", "1" },
	{ "sys/fs/cgroup/lxc.payload.box/cpuset.cpus", "0-3" },
	{ "run/fake/allowed/init.scope", "0-3" },
	{ "run/fake/allowed/system.slice", "0-3" },
	{ "run/fake/allowed/user.slice", "0-3" },
	{ "run/fake/allowed/user-1000.slice", "" },
	{ "run/fake/allowed/machine.slice", "" },
	{ "run/fake/allowed/libpod-beef.scope", "0-3" },
	{ "run/fake/allowed/machine-qemu\\x2d9\\x2dother.scope", "0-3" },
	{ "run/fake/affinity/30", "0-3" },
	{ "run/fake/affinity/32", "0-3" },
	{ "run/fake/affinity/900", "4-5" },
	{ "run/fake/banned", "700 4-7" },
	{ "sys/devices/system/cpu/cpu0/power/pm_qos_resume_latency_us", "0" },
	{ "sys/devices/system/cpu/cpu4/power/pm_qos_resume_latency_us", "70" },
	{ "sys/devices/system/cpu/cpu7/power/pm_qos_resume_latency_us", "70" },
	{ "sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "powersave" },
	{ "sys/devices/system/cpu/cpufreq/policy4/scaling_governor", "performance" },
	{ "sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference", "balance_power" },
	{ "sys/devices/system/cpu/cpufreq/policy4/energy_performance_preference", "performance" },
};

START_TEST(test_every_knob)
{
	const struct domain domain = machine_cpus_domain("vm", 1, "4-7", "performance");
	const char *ledger = "run/gpu-handoff/ledger";

	start();
	take(&domain);
	check(taken, COUNT(taken));
	ck_assert_str_eq(machine_line(&machine, ledger), "gpu-handoff ledger 1");
	give_back(&domain);
	stop();
}
END_TEST

TCase *case_cpus(void)
{
	TCase *tcase = suite_case("cpus");

	tcase_add_test(tcase, test_every_knob);
	return tcase;
}
