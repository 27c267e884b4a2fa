// SPDX-License-Identifier: GPL-2.0-or-later
/* CPUs that are a domain's alone: every knob of the host after a take, and all of it back after a return. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/scratch.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/cpus.h"

static bool is_in_ledger(const char *words)
{
	char *text = get_text(machine.scratch.fd, "run/gpu-handoff/ledger");
	bool found = text && strstr(text, words);

	free(text);
	return found;
}

/* ---- one ---- */

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
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "performance");

	cpus_take(&vm);
	cpus_check(taken, COUNT(taken));
	ck_assert(!machine_is_clean(&machine));
	cpus_return(&vm);
}
END_TEST

/* Of a policy whose CPUs are offline the kernel shows nothing, and changes nothing. */
static void set_online(bool online)
{
	static const char *const files[][2] = {
		{ "scaling_governor", "performance" },
		{ "energy_performance_preference", "performance" },
		{ "related_cpus", "4 5 6 7" },
		{ "affected_cpus", "4 5 6 7" },
	};
	char path[128];

	put_text(machine.scratch.fd, "sys/devices/system/cpu/online", "%s\n", online ? "0-7" : "0-3");
	for (int i = 0; i < COUNT(files); i++) {
		(void)snprintf(path, sizeof(path), "sys/devices/system/cpu/cpufreq/policy4/%s", files[i][0]);
		if (online)
			put_text(machine.scratch.fd, path, "%s\n", files[i][1]);
		else
			remove_all(machine.scratch.fd, path);
	}
}

/* They go while a VM has the governor of them, and come back when it has gone: that is put back then. */
START_TEST(test_governor_offline)
{
	struct domain vm = machine_cpus_domain("vm", 1, "4-7", "performance"),
		      other = machine_cpus_domain("other", 2, "1", "");

	vm.policy.isolate = false;
	cpus_take(&vm);
	set_online(false);
	cpus_return(&vm);
	ck_assert_msg(strstr(machine.notes, "are offline") && strstr(machine.notes, "governor of cpufreq policy '4'"),
		"%s", machine.notes);
	cpus_check_line("sys/devices/system/cpu/cpu4/power/pm_qos_resume_latency_us", "0");
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 0);
	ck_assert_int_eq(handover_settle(machine.handover), 0);
	ck_assert(is_in_ledger("governor 4 powersave") && is_in_ledger("settled"));
	if (_i == 0) {
		set_online(true);
		ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	} else {
		cpus_take(&other);
		set_online(true);
		cpus_return(&other);
	}
	ck_assert(!strstr(machine.notes, "somebody else"));
}
END_TEST

/* A governor alone: nothing moves, and who wants another one for the same CPUs does not win over performance. */
START_TEST(test_governor)
{
	struct domain one = machine_cpus_domain("one", 1, "4-5", "performance");
	struct domain two = machine_cpus_domain("two", 2, "6-7", "powersave");
	static const struct expectation governed[] = {
		{ "sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "powersave" },
		{ "sys/devices/system/cpu/cpufreq/policy4/scaling_governor", "performance" },
		{ "sys/devices/system/cpu/cpufreq/policy4/energy_performance_preference", "performance" },
		{ "sys/devices/system/cpu/cpu5/power/pm_qos_resume_latency_us", "70" },
		{ "sys/devices/system/cpu/cpu6/power/pm_qos_resume_latency_us", "0" },
		{ "proc/irq/default_smp_affinity", "ff" },
		{ "sys/fs/cgroup/system.slice/cpuset.cpus", "" },
	};

	machine.kernel.preference_is_busy = _i;
	one.policy.isolate = two.policy.isolate = false;
	cpus_take(&one);
	cpus_take(&two);
	cpus_check(governed, COUNT(governed) - (_i ? 5 : 0));
	ck_assert_msg(!strstr(machine.notes, "cannot be changed"), "%s", machine.notes);
	cpus_return(&one);
	cpus_check_line(governed[1].path, "powersave");
	cpus_return(&two);
}
END_TEST

/* Somebody isolates CPU 1 by other means: it stays among those that unbound workqueues were asked to have. */
START_TEST(test_workqueues_elsewhere)
{
	static const struct expectation narrow[] = {
		{ "sys/devices/virtual/workqueue/cpumask_requested", "0f" },
		{ "sys/devices/virtual/workqueue/cpumask", "0d" },
	};
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");

	put_text(machine.scratch.fd, "sys/devices/virtual/workqueue/cpumask_isolated", "02\n");
	put_text(machine.scratch.fd, "sys/devices/virtual/workqueue/cpumask_requested", "ff\n");
	put_text(machine.scratch.fd, "sys/devices/virtual/workqueue/cpumask", "fd\n");
	cpus_accept();
	cpus_take(&vm);
	cpus_check(narrow, COUNT(narrow));
	cpus_return(&vm);
}
END_TEST

START_TEST(test_governor_absent)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "schedutil");

	cpus_refuse(
		&vm, REFUSAL_CPUS, "no governor 'schedutil'; let the domain say one of these: performance powersave");
}
END_TEST

/* ---- two ---- */

static const struct expectation both[] = {
	{ "proc/irq/default_smp_affinity", "03" },
	{ "sys/devices/virtual/workqueue/cpumask", "03" },
	{ "sys/fs/cgroup/init.scope/cpuset.cpus", "0-1" },
	{ "sys/fs/cgroup/lxc.payload.box/cpuset.cpus", "0-1" },
	{ "run/fake/allowed/system.slice", "0-1" },
	{ "run/fake/affinity/30", "0-1" },
	{ "run/fake/banned", "700 2-7" },
};

static const struct expectation one_alone[] = {
	{ "proc/irq/default_smp_affinity", "c3" },
	{ "sys/fs/cgroup/init.scope/cpuset.cpus", "0-1,6-7" },
	{ "run/fake/allowed/system.slice", "0-1,6-7" },
	{ "run/fake/banned", "700 2-5" },
};

static const struct expectation two_alone[] = {
	{ "proc/irq/default_smp_affinity", "3f" },
	{ "sys/fs/cgroup/init.scope/cpuset.cpus", "0-5" },
	{ "run/fake/allowed/system.slice", "0-5" },
	{ "run/fake/banned", "700 6-7" },
};

/* They come in one order and go in another; what is there follows from who runs, and from nothing else. */
START_TEST(test_orders)
{
	const struct domain vms[2] = { machine_cpus_domain("one", 1, "2-5", ""),
		machine_cpus_domain("two", 2, "6-7", "performance") };
	int first = _i & 1, gone = _i >> 1;

	cpus_start_vm(&vms[first], 1000 + first);
	cpus_start_vm(&vms[!first], 1000 + !first);
	cpus_check(both, COUNT(both));
	/* Each is kept off the other's. */
	ck_assert_str_eq(
		machine_line(&machine, "sys/fs/cgroup/machine.slice/machine-qemu\\x2d1\\x2done.scope/cpuset.cpus"),
		"0-5");
	ck_assert_str_eq(
		machine_line(&machine, "sys/fs/cgroup/machine.slice/machine-qemu\\x2d1\\x2dtwo.scope/cpuset.cpus"),
		"0-1,6-7");
	cpus_end_vm(&vms[gone], 1000 + gone);
	if (gone == 0)
		cpus_check(two_alone, COUNT(two_alone));
	else
		cpus_check(one_alone, COUNT(one_alone));
	cpus_end_vm(&vms[!gone], 1000 + !gone);
}
END_TEST

/* A partition stays open for who is about to start in it, whoever settles meanwhile. */
START_TEST(test_partition)
{
	static const char slice[] = "sys/fs/cgroup/vms.slice/cpuset.cpus";
	struct domain vm = machine_cpus_domain("vm", 1, "4-5", "");
	const struct domain other = machine_cpus_domain("other one", 2, "6-7", "");

	machine_put_group(&machine, "vms.slice", "");
	machine_put_group(&machine, "vms.slice/db.service", "");
	cpus_accept();
	(void)snprintf(vm.demand.partition, sizeof(vm.demand.partition), "/vms");
	vm.policy.isolate = _i;
	(void)policy_set_governor(&vm.policy, "performance");
	cpus_take(&vm);
	cpus_take(&other);
	cpus_check_line(slice, "");
	cpus_check_line("sys/fs/cgroup/vms.slice/db.service/cpuset.cpus", _i ? "0-3" : "0-5");
	/* It is over, and what is in there is the host's alone. */
	cpus_return(&vm);
	cpus_check_line(slice, "0-5");
	cpus_return(&other);
}
END_TEST

/* ---- others ---- */

/* What somebody else does to a knob while a domain has its CPUs. */
static const struct meddling {
	const char *path, *value, *told;
} meddlings[] = {
	{ "proc/irq/9/smp_affinity", "02", "CPUs of interrupt '9 acpi'" },
	{ "proc/irq/default_smp_affinity", "03", "CPUs for new interrupts" },
	{ "sys/devices/virtual/workqueue/cpumask", "03", "CPUs of unbound workqueues" },
	{ "sys/fs/cgroup/lxc.payload.box/cpuset.cpus", "2", "cpuset.cpus of 'lxc.payload.box'" },
	{ "run/fake/affinity/32", "2", "CPUs of thread '32 320'" },
	{ "run/fake/banned", "700 3", "CPUs that irqbalance leaves alone" },
	{ "sys/devices/system/cpu/cpu4/power/pm_qos_resume_latency_us", "5", "pm_qos_resume_latency_us of CPU '4'" },
};

START_TEST(test_meddling)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "performance");
	const struct meddling *m = &meddlings[_i];

	cpus_take(&vm);
	put_text(machine.scratch.fd, m->path, "%s\n", m->value);
	ck_assert_int_eq(loop_call(CALL_RETURN, &vm), 1);
	ck_assert_msg(strstr(machine.notes, "somebody else") && strstr(machine.notes, m->told), "%s", machine.notes);
	cpus_check_line(m->path, m->value);
	ck_assert_msg(!cpus_difference(m->path), "%s", cpus_difference(m->path));
	cpus_accept();
}
END_TEST

/* An administrator's AllowedCPUs, with its cpuset and its drop-in, are theirs; take and return leave them. */
START_TEST(test_meddling_unit)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");
	struct cpuset cpus = { 0 };

	cpus_take(&vm);
	cpuset_add(&cpus, 2);
	ck_assert_int_eq(fake_manager_allow(&machine.host, "system.slice", &cpus), 0);
	ck_assert_int_eq(loop_call(CALL_RETURN, &vm), 1);
	ck_assert_ptr_nonnull(strstr(machine.notes, "AllowedCPUs of 'system.slice'"));
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "2");
	cpus_check_line("run/fake/allowed/system.slice", "2");
	ck_assert_ptr_null(strstr(machine.notes, "user.slice"));
	cpus_accept();
	ck_assert_str_ne(
		machine_line(&machine, "run/systemd/system.control/system.slice.d/50-AllowedCPUs.conf"), "none");
}
END_TEST

/* A container ends at any moment of it, with a thread and a device. */
static void end_container(void *data)
{
	const struct machine *it = data;

	remove_all(it->scratch.fd, "sys/fs/cgroup/machine.slice/libpod-beef.scope");
	remove_all(it->scratch.fd, "sys/fs/cgroup/lxc.payload.box");
	remove_all(it->scratch.fd, "run/fake/allowed/libpod-beef.scope");
	remove_all(it->scratch.fd, "run/systemd/transient/libpod-beef.scope.d");
	remove_all(it->scratch.fd, "proc/32");
	remove_all(it->scratch.fd, "run/fake/affinity/32");
	remove_all(it->scratch.fd, "proc/irq/25");
	remove_all(it->scratch.fd, "sys/kernel/irq/25");
}

START_TEST(test_vanishing)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");
	enum call call = _i ? CALL_RETURN : CALL_TAKE;
	unsigned int n = loop_count(call, &vm, FAULT_KERNEL);

	for (unsigned int at = 1; at <= n; at++) {
		struct fault fault = {
			.kind = FAULT_MEDDLE, .scope = FAULT_KERNEL, .at = at, .meddle = end_container, .data = &machine
		};

		if (call == CALL_RETURN)
			cpus_take(&vm);
		fault_arm(&fault);
		if (call == CALL_TAKE)
			cpus_take(&vm);
		else
			cpus_return(&vm);
		fault_disarm(0);
		ck_assert_msg(!strstr(machine.notes, "'25 "), "%s", machine.notes);
		if (call == CALL_TAKE)
			cpus_return(&vm);
		cpus_accept();
		cpus_stop();
		cpus_start();
	}
}
END_TEST

/* How often systemd is told to look at its files again while what is as it is to be is looked at once more. */
static int count_reloads(void)
{
	const char *log;
	int n = 0;

	(void)fake_manager_log(&machine.host);
	ck_assert_int_eq(handover_settle(machine.handover), 0);
	for (log = fake_manager_log(&machine.host); (log = strstr(log, "reload")); log++)
		n++;
	return n;
}

/* A unit goes. What is left of its drop-in is removed once, and systemd told once; then it is as if it never was. */
static const struct {
	const char *before, *group, *goes, *comes;
	int n_reloads;
} ends[] = {
	{ "run/systemd/transient/libpod-beef.scope.d/50-CPUWeight.conf", "machine.slice/libpod-beef.scope",
		"run/systemd/transient/libpod-beef.scope.d", NULL, 0 },
	{ NULL, "machine.slice/libpod-beef.scope", "run/systemd/transient/libpod-beef.scope.d", NULL, 0 },
	{ NULL, "user.slice", NULL, "run/systemd/system.control/other.slice.d/50-CPUWeight.conf", 1 },
};

START_TEST(test_unit_ends)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");
	char group[128];

	if (ends[_i].before)
		put_text(machine.scratch.fd, ends[_i].before, "x\n");
	cpus_take(&vm);
	(void)snprintf(group, sizeof(group), "sys/fs/cgroup/%s", ends[_i].group);
	remove_all(machine.scratch.fd, group);
	if (ends[_i].goes)
		remove_all(machine.scratch.fd, ends[_i].goes);
	if (ends[_i].comes)
		put_text(machine.scratch.fd, ends[_i].comes, "x\n");
	ck_assert(is_in_ledger(ends[_i].group));
	ck_assert_int_eq(count_reloads(), ends[_i].n_reloads);
	ck_assert_int_eq(count_reloads(), 0);
	(void)snprintf(group, sizeof(group), "dropin %s ", ends[_i].group);
	ck_assert(!is_in_ledger(group));
	cpus_return(&vm);
	ck_assert_str_eq(machine_line(&machine, "run/systemd/system.control/user.slice.d/50-AllowedCPUs.conf"), "none");
	cpus_accept();
}
END_TEST

/* Somebody died who had removed one: systemd is told as well, once. */
START_TEST(test_dropin_untold)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");

	cpus_take(&vm);
	cpus_return(&vm);
	put_text(machine.scratch.fd, "run/gpu-handoff/ledger",
		"gpu-handoff ledger 1\ndropin user.slice nothing file nothing\n");
	ck_assert_int_eq(fchmodat(machine.scratch.fd, "run/gpu-handoff/ledger", 0600, 0), 0);
	ck_assert_int_eq(count_reloads(), 1);
	ck_assert_int_eq(count_reloads(), 0);
}
END_TEST

/* It does what it is told a while later, and is told in between what holds by then. */
START_TEST(test_slow_balancer)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");

	machine.manager.balancer_is_slow = true;
	cpus_take(&vm);
	if (_i & 1)
		fake_manager_balance(&machine.host);
	cpus_return(&vm);
	fake_manager_balance(&machine.host);
}
END_TEST

/* An interrupt that comes while the default is narrow is narrow, and is widened with it. */
START_TEST(test_born)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");

	cpus_take(&vm);
	put_text(machine.scratch.fd, "proc/irq/40/smp_affinity", "0f\n");
	put_text(machine.scratch.fd, "sys/kernel/irq/40/actions", "late\n");
	cpus_return(&vm);
	cpus_check_line("proc/irq/40/smp_affinity", "ff");
	remove_all(machine.scratch.fd, "proc/irq/40");
	remove_all(machine.scratch.fd, "sys/kernel/irq/40");
}
END_TEST

/* ---- once it runs ---- */

START_TEST(test_started)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");
	const char *log;

	cpus_take(&vm);
	machine_run_vm(&machine, &vm, 1000);
	(void)fake_manager_log(&machine.host);
	machine.notes[0] = '\0';
	handover_started(machine.handover, &vm);
	/* Nobody else has CPUs, so its scope stays as it is; a service sees to what comes. */
	log = fake_manager_log(&machine.host);
	ck_assert_msg(!strstr(log, "allow") && strstr(log, "bind"), "%s", log);
	ck_assert_msg(strstr(machine.notes, "1.0 GiB on node 1") != NULL, "%s", machine.notes);
	ck_assert(!strstr(machine.notes, "cannot tell"));
	cpus_end_vm(&vm, 1000);
}
END_TEST

/* One that has a device: its interrupts are seen to by a service that goes with its scope. */
START_TEST(test_started_card)
{
	struct domain vm;
	const char *log;

	cpus_stop();
	cpus_start_card();
	vm = machine_cpus_domain("vm", 1, "4-7", "performance");
	vm.n_hostdevs = machine.cards[1].n_hostdevs;
	memcpy(vm.hostdevs, machine.cards[1].hostdevs, sizeof(vm.hostdevs));
	machine_ask_pages(&vm, 1, 20);
	cpus_take(&vm);
	ck_assert(machine_has(&machine, &vm, "vfio-pci"));
	cpus_check(taken, COUNT(taken));
	machine_run_vm(&machine, &vm, 1000);
	(void)fake_manager_log(&machine.host);
	handover_started(machine.handover, &vm);
	log = fake_manager_log(&machine.host);
	ck_assert_msg(strstr(log, "bind gpu-handoff-4dea22b3-1d52-d8f3-2516-000000000001.service "
				  "machine-qemu\\x2d1\\x2dvm.scope"),
		"%s", log);
	cpus_end_vm(&vm, 1000);
}
END_TEST

/* A VM that is not ours comes while one has CPUs: its scope is closed to them, and goes with it. */
START_TEST(test_stranger)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", ""),
			    stranger = machine_cpus_domain("guest", 2, "0", "");
	const char *group = "sys/fs/cgroup/machine.slice/machine-qemu\\x2d1\\x2dguest.scope/cpuset.cpus";

	handover_started(machine.handover, &stranger);
	ck_assert(machine_is_clean(&machine));
	cpus_start_vm(&vm, 1000);
	machine_run_vm(&machine, &stranger, 1001);
	handover_started(machine.handover, &stranger);
	cpus_check_line(group, "0-3");
	/* It goes before, or after. */
	if (_i == 0)
		machine_end_vm(&machine, &stranger, 1001);
	cpus_end_vm(&vm, 1000);
	if (_i == 1) {
		cpus_check_line(group, "");
		machine_end_vm(&machine, &stranger, 1001);
	}
}
END_TEST

/* ---- an old kernel ---- */

/*
 * Every thread loses the CPUs that it had chosen when its control group changes, and has them again; what is not
 * forgotten becomes all CPUs.
 */
START_TEST(test_old_kernel)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");

	cpus_take(&vm);
	cpus_check_line("run/fake/affinity/900", "0-3");
	cpus_check_line("run/fake/affinity/901", "2");
	/* It chooses while they are taken; and once more all is looked at without a change. */
	machine_put_thread(&machine, 902, "late", 0, "system.slice/chosen.service", "1");
	handover_started(machine.handover, &vm);
	cpus_return(&vm);
	cpus_check_line("run/fake/affinity/900", "4-5");
	cpus_check_line("run/fake/affinity/901", "2");
	cpus_check_line("run/fake/affinity/902", "1");
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "0-7");
	cpus_check_line("sys/fs/cgroup/lxc.payload.box/cpuset.cpus", "0-7");
	ck_assert_msg(!strstr(machine.notes, "somebody else"), "%s", machine.notes);
	cpus_accept();
	/* From now on that is what it has. */
	cpus_take(&vm);
	cpus_return(&vm);
}
END_TEST

/*
 * A thread of the kernel may run on CPUs that are not there yet, and gets these back as well. Linux 6.1 keeps none of
 * them when it is told: that is said once, and then is what the thread has.
 */
static void check_offline_threads(const char *after, bool is_cut)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", ""),
			    two = machine_cpus_domain("two", 2, "2-3", "");

	put_text(machine.scratch.fd, "sys/devices/system/cpu/possible", "0-9\n");
	machine_put_thread(&machine, CPUS_KAUDITD, "kauditd", 0x00200000, "", "0-9");
	machine_put_thread(&machine, CPUS_KSWAPD, "kswapd0", 0x00200000, "", "0-2,8");
	cpus_take(&vm);
	cpus_check_line("run/fake/affinity/32", "0-3");
	cpus_check_line("run/fake/affinity/30", "0-2,8");
	cpus_take(&two);
	cpus_check_line("run/fake/affinity/32", "0-1");
	cpus_check_line("run/fake/affinity/30", "0-1");
	cpus_return(&two);
	cpus_check_line("run/fake/affinity/30", is_cut ? "0-2" : "0-2,8");
	ck_assert_int_eq(strstr(machine.notes, "CPUs of thread '30 300'") != NULL, is_cut);
	machine.notes[0] = '\0';
	ck_assert_int_eq(handover_settle(machine.handover), 0);
	ck_assert_str_eq(machine.notes, "");
	cpus_return(&vm);
	cpus_check_line("run/fake/affinity/32", after);
	ck_assert_int_eq(strstr(machine.notes, "CPUs of thread '32 320'") != NULL, is_cut);
	ck_assert(!strstr(machine.notes, "thread '30") && !strstr(machine.notes, "somebody else"));
	cpus_accept();
}

START_TEST(test_offline_threads)
{
	check_offline_threads("0-9", false);
}
END_TEST

START_TEST(test_offline_threads_cut)
{
	check_offline_threads("0-7", true);
}
END_TEST

TCase *case_cpus_old(void)
{
	TCase *tcase = suite_case("cpus_old");

	tcase_add_checked_fixture(tcase, cpus_start_old, cpus_stop);
	tcase_add_test(tcase, test_old_kernel);
	tcase_add_test(tcase, test_offline_threads_cut);
	return tcase;
}

TCase *case_cpus(void)
{
	TCase *tcase = suite_case("cpus");

	tcase_add_checked_fixture(tcase, cpus_start, cpus_stop);
	tcase_add_test(tcase, test_every_knob);
	tcase_add_loop_test(tcase, test_governor, 0, 2);
	tcase_add_loop_test(tcase, test_governor_offline, 0, 2);
	tcase_add_test(tcase, test_governor_absent);
	tcase_add_test(tcase, test_workqueues_elsewhere);
	tcase_add_loop_test(tcase, test_orders, 0, 4);
	tcase_add_loop_test(tcase, test_partition, 0, 2);
	add_rows(tcase, test_meddling, meddlings);
	tcase_add_test(tcase, test_meddling_unit);
	tcase_add_loop_test(tcase, test_vanishing, 0, 2);
	add_rows(tcase, test_unit_ends, ends);
	tcase_add_test(tcase, test_dropin_untold);
	tcase_add_loop_test(tcase, test_slow_balancer, 0, 2);
	tcase_add_test(tcase, test_born);
	tcase_add_test(tcase, test_started);
	tcase_add_test(tcase, test_started_card);
	tcase_add_loop_test(tcase, test_stranger, 0, 2);
	tcase_add_test(tcase, test_offline_threads);
	return tcase;
}
