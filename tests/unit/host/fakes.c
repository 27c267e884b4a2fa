// SPDX-License-Identifier: GPL-2.0-or-later
/* The fake kernel and manager, of what decides where the host's work runs: the tests of apply rest on them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fake_kernel.h"
#include "tests/support/fake_manager.h"
#include "tests/support/fault.h"
#include "tests/unit/host/host.h"

#define MS     1000
#define CGROUP "fs/cgroup/system.slice"
#define POLICY "devices/system/cpu/cpufreq/policy0"
#define PAGES  "devices/system/node/node1/hugepages/hugepages-2048kB"
#define SCOPE  "machine-qemu\\x2d1\\x2dvm.scope"

static struct fake_kernel kernel;
static struct fake_manager manager;

static void put(const char *path, const char *text)
{
	char whole[256];

	(void)snprintf(whole, sizeof(whole), "tree/%s", path);
	put_text(scratch.fd, whole, "%s\n", text);
}

/* Eight CPUs, of which 0 to 5 are online. */
static void fakes_start(void)
{
	static const char *const files[][2] = {
		{ "sys/devices/system/cpu/online", "0-5" },
		{ "sys/devices/virtual/workqueue/cpumask", "ff" },
		{ "sys/devices/virtual/workqueue/writeback/cpumask", "00000000,000000ff" },
		{ "sys/" CGROUP "/cpuset.cpus", "" },
		{ "sys/fs/cgroup/machine.slice/" SCOPE "/cpuset.cpus", "1" },
		{ "sys/" POLICY "/scaling_governor", "powersave" },
		{ "sys/" POLICY "/scaling_available_governors", "performance powersave " },
		{ "sys/" POLICY "/energy_performance_preference", "balance_power" },
		{ "sys/" POLICY "/energy_performance_available_preferences", "default performance balance_power " },
		{ "sys/devices/system/cpu/cpu0/power/pm_qos_resume_latency_us", "0" },
		{ "sys/devices/system/node/node1/compact", "" },
		{ "sys/" PAGES "/nr_hugepages", "4" },
		{ "sys/" PAGES "/free_hugepages", "4" },
		{ "sys/" PAGES "/surplus_hugepages", "0" },
		{ "proc/irq/default_smp_affinity", "ff" },
		{ "proc/irq/24/smp_affinity", "00000000,000000ff" },
		{ "proc/irq/25/smp_affinity", "ff" },
		{ "proc/7/stat", "7 (kthread) S 2 0 0 0 -1 2129984 0 0" },
		{ "proc/17/stat", "17 (ksoftirqd/0) S 2 0 0 0 -1 69238848 0 0" },
	};
	char path[sizeof(scratch.path) + 8];

	tree_start();
	host_close(&host);
	for (int i = 0; i < COUNT(files); i++)
		put(files[i][0], files[i][1]);
	put_directory(scratch.fd, "tree/sys/bus/pci/devices");
	(void)snprintf(path, sizeof(path), "%s/tree", scratch.path);
	ck_assert_int_eq(host_open(path, &host), 0);
	fake_kernel_install(&kernel, &host);
	fake_manager_install(&manager, &host);
	kernel.managed[kernel.n_managed++] = 25;
	kernel.memory_kb[1] = 10 * 2048;
	fault_disarm(FAULT_KERNEL);
}

static void fakes_stop(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static const char *shown(int root, const char *path)
{
	static char text[4096];
	char *whole = get_text(root, path);

	(void)snprintf(text, sizeof(text), "%s", whole ? whole : "nothing");
	free(whole);
	return text;
}

/* What is written, what that returns, and what is shown then. */
static const struct {
	bool proc;
	const char *path, *value;
	int expected;
	const char *shown;
} writes[] = {
	{ true, "irq/24/smp_affinity", "3", 0, "00000000,00000003\n" },
	{ true, "irq/24/smp_affinity", "00000000,0000000A\n", 0, "00000000,0000000a\n" },
	{ true, "irq/24/smp_affinity", "c0", -EINVAL, "00000000,000000ff\n" },
	{ true, "irq/24/smp_affinity", "0", -EINVAL, "00000000,000000ff\n" },
	{ true, "irq/24/smp_affinity", "x", -EINVAL, "00000000,000000ff\n" },
	{ true, "irq/24/smp_affinity", "", -EINVAL, "00000000,000000ff\n" },
	{ true, "irq/24/smp_affinity", "1,00000000,00000001", -EOVERFLOW, "00000000,000000ff\n" },
	{ true, "irq/25/smp_affinity", "3", -EIO, "ff\n" },
	{ true, "irq/26/smp_affinity", "3", -ENOENT, "nothing" },
	{ true, "irq/default_smp_affinity", "f", 0, "0f\n" },
	{ true, "7/stat", "x", -EACCES, "7 (kthread) S 2 0 0 0 -1 2129984 0 0\n" },
	{ false, "devices/virtual/workqueue/cpumask", "1", 0, "01\n" },
	{ false, "devices/virtual/workqueue/cpumask", "80", -EINVAL, "ff\n" },
	{ false, "devices/virtual/workqueue/writeback/cpumask", "1", 0, "00000000,00000001\n" },
	{ false, CGROUP "/cpuset.cpus", "0-2,4", 0, "0-2,4\n" },
	{ false, CGROUP "/cpuset.cpus", "\n", 0, "\n" },
	{ false, CGROUP "/cpuset.cpus", "7", -EINVAL, "\n" },
	{ false, CGROUP "/cpuset.cpus", "x", -EINVAL, "\n" },
	{ false, CGROUP "/../cpuset.cpus", "1", -ENOENT, "nothing" },
	{ false, POLICY "/scaling_governor", "performance", 0, "performance\n" },
	{ false, POLICY "/scaling_governor", "ondemand", -EINVAL, "powersave\n" },
	{ false, POLICY "/scaling_governor", "", -EINVAL, "powersave\n" },
	{ false, POLICY "/energy_performance_preference", "performance", 0, "performance\n" },
	{ false, POLICY "/energy_performance_preference", "fast", -EINVAL, "balance_power\n" },
	{ false, POLICY "/scaling_available_governors", "x", -EACCES, "performance powersave \n" },
	{ false, "devices/system/cpu/cpu0/power/pm_qos_resume_latency_us", "n/a", 0, "n/a\n" },
	{ false, "devices/system/cpu/cpu0/power/pm_qos_resume_latency_us", "70", 0, "70\n" },
	{ false, "devices/system/cpu/cpu0/power/pm_qos_resume_latency_us", "any", -EINVAL, "0\n" },
	{ false, "devices/system/node/node1/compact", "1", 0, "\n" },
	{ false, PAGES "/nr_hugepages", "6", 0, "6\n" },
	{ false, PAGES "/nr_hugepages", "12", 0, "10\n" },
	{ false, PAGES "/nr_hugepages", "1", 0, "1\n" },
	{ false, PAGES "/nr_hugepages", "many", -EINVAL, "4\n" },
};

START_TEST(test_write)
{
	int r = writes[_i].proc ? host.kernel->write_proc(&host, writes[_i].path, writes[_i].value, MS)
				: host.kernel->write(&host, writes[_i].path, writes[_i].value, MS);

	ck_assert_int_eq(r, writes[_i].expected);
	ck_assert_str_eq(shown(writes[_i].proc ? host.proc : host.sys, writes[_i].path), writes[_i].shown);
	ck_assert_uint_eq(fault_count(), 1);
}
END_TEST

START_TEST(test_preference)
{
	kernel.preference_is_busy = true;
	ck_assert_int_eq(fake_kernel_write(&host, POLICY "/energy_performance_preference", "default"), 0);
	ck_assert_int_eq(fake_kernel_write(&host, POLICY "/scaling_governor", "performance"), 0);
	ck_assert_int_eq(fake_kernel_write(&host, POLICY "/energy_performance_preference", "default"), -EBUSY);
}
END_TEST

static void expect_pages(const char *total, const char *free_pages, const char *surplus)
{
	ck_assert_str_eq(shown(host.sys, PAGES "/nr_hugepages"), total);
	ck_assert_str_eq(shown(host.sys, PAGES "/free_hugepages"), free_pages);
	ck_assert_str_eq(shown(host.sys, PAGES "/surplus_hugepages"), surplus);
}

/* Those in use stay, as surplus, until they no longer are. */
START_TEST(test_pages)
{
	fake_kernel_use_pages(&host, 1, 2048, 3);
	expect_pages("4\n", "1\n", "0\n");
	ck_assert_int_eq(fake_kernel_write(&host, PAGES "/nr_hugepages", "1"), 0);
	expect_pages("3\n", "0\n", "2\n");
	ck_assert_int_eq(fake_kernel_write(&host, PAGES "/nr_hugepages", "2"), 0);
	expect_pages("3\n", "0\n", "1\n");
	ck_assert_int_eq(fake_kernel_write(&host, PAGES "/nr_hugepages", "5"), 0);
	expect_pages("5\n", "2\n", "0\n");
	ck_assert_int_eq(fake_kernel_write(&host, PAGES "/nr_hugepages", "0"), 0);
	expect_pages("3\n", "0\n", "3\n");
	fake_kernel_use_pages(&host, 1, 2048, 0);
	expect_pages("0\n", "0\n", "0\n");
}
END_TEST

static struct cpuset cpus_of(const char *list)
{
	struct cpuset cpus = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &cpus), 0);
	return cpus;
}

static int move(pid_t tid, const char *list)
{
	struct cpuset cpus = cpus_of(list);

	return host.kernel->set_affinity(&host, tid, &cpus);
}

START_TEST(test_threads)
{
	struct cpuset cpus;

	ck_assert_int_eq(host.kernel->get_affinity(&host, 7, &cpus), 0);
	ck_assert_str_eq(cpuset_text(&cpus).s, "0-5");
	ck_assert_int_eq(move(7, "1,7"), 0);
	ck_assert_int_eq(move(7, "6-7"), -EINVAL);
	ck_assert_int_eq(move(17, "1"), -EINVAL);
	ck_assert_int_eq(move(8, "1"), -ESRCH);
	ck_assert_int_eq(host.kernel->get_affinity(&host, 8, &cpus), -ESRCH);
	ck_assert_int_eq(host.kernel->get_affinity(&host, 7, &cpus), 0);
	ck_assert_str_eq(cpuset_text(&cpus).s, "1");
	ck_assert_uint_eq(fault_count(), 4);
}
END_TEST

static int allow(const char *unit, const char *list)
{
	struct cpuset cpus = cpus_of(list);

	return host.manager->set_allowed_cpus(&host, unit, &cpus, MS);
}

static const char *allowed(const char *unit)
{
	static struct cpuset_text text;
	struct cpuset cpus;

	ck_assert_int_eq(host.manager->get_allowed_cpus(&host, unit, &cpus, MS), 0);
	text = cpuset_text(&cpus);
	return text.s;
}

START_TEST(test_allowed)
{
	struct cpuset cpus;

	ck_assert_str_eq(allowed("system.slice"), "");
	ck_assert_int_eq(allow("system.slice", "0-3"), 0);
	ck_assert_str_eq(allowed("system.slice"), "0-3");
	ck_assert_str_eq(shown(host.sys, CGROUP "/cpuset.cpus"), "0-3\n");
	ck_assert_ptr_nonnull(strstr(shown(host.run, "systemd/system.control/system.slice.d/50-AllowedCPUs.conf"),
		"[Slice]\nAllowedCPUs=0-3\n"));
	ck_assert_int_eq(allow("system.slice", ""), 0);
	ck_assert_str_eq(allowed("system.slice"), "");
	/* systemd issue 43846 */
	ck_assert_str_eq(shown(host.sys, CGROUP "/cpuset.cpus"), "0-3\n");
	ck_assert_int_eq(allow(SCOPE, "2"), 0);
	ck_assert_str_eq(shown(host.sys, "fs/cgroup/machine.slice/" SCOPE "/cpuset.cpus"), "2\n");
	ck_assert_ptr_nonnull(strstr(
		shown(host.run, "systemd/transient/" SCOPE ".d/50-AllowedCPUs.conf"), "[Scope]\nAllowedCPUs=2\n"));
	ck_assert_int_eq(allow("other.slice", "0"), -ENOENT);
	ck_assert_int_eq(host.manager->get_allowed_cpus(&host, "other.slice", &cpus, MS), -ENOENT);
	ck_assert_int_eq(host.manager->reload(&host, MS), 0);
	ck_assert_str_eq(fake_manager_log(&host),
		"allow system.slice 0-3, allow system.slice -, allow " SCOPE " 2, allow other.slice 0, reload");
	ck_assert_uint_eq(fault_count(), 5);
}
END_TEST

START_TEST(test_bound)
{
	const char *const command[] = { "/bin/true", NULL };

	ck_assert_int_eq(host.manager->start_bound(&host, "a.service", "", SCOPE, command, MS), 0);
	ck_assert(fake_manager_is_active(&host, "a.service"));
	ck_assert_int_eq(host.manager->start_bound(&host, "a.service", "", SCOPE, command, MS), -EEXIST);
	ck_assert_str_eq(fake_manager_log(&host), "bind a.service " SCOPE ", bind a.service " SCOPE);
	ck_assert_uint_eq(fault_count(), 2);
}
END_TEST

static const char *banned(void)
{
	static struct cpuset_text text;
	struct cpuset cpus;
	pid_t pid;

	ck_assert_int_eq(host.manager->get_banned_cpus(&host, &pid, &cpus, MS), 0);
	ck_assert_int_eq(pid, 99);
	text = cpuset_text(&cpus);
	return text.s;
}

static int ban(pid_t pid, const char *list)
{
	struct cpuset cpus = cpus_of(list);

	return host.manager->set_banned_cpus(&host, pid, &cpus, MS);
}

START_TEST(test_banned)
{
	struct cpuset cpus = cpus_of("");
	pid_t pid;

	ck_assert_int_eq(host.manager->get_banned_cpus(&host, &pid, &cpus, MS), -ENOENT);
	ck_assert_int_eq(ban(99, "1"), -ENOENT);
	fake_manager_put_balancer(&host, 99, &cpus);
	ck_assert_str_eq(banned(), "");
	ck_assert_int_eq(ban(98, "1"), -ENOENT);
	ck_assert_int_eq(ban(99, "4-7"), 0);
	ck_assert_str_eq(banned(), "4-7");
	manager.balancer_is_slow = true;
	ck_assert_int_eq(ban(99, ""), 1);
	ck_assert_str_eq(banned(), "4-7");
	fake_manager_balance(&host);
	ck_assert_str_eq(banned(), "");
	ck_assert_str_eq(fake_manager_log(&host), "ban 1, ban 1, ban 4-7, ban -");
	ck_assert_uint_eq(fault_count(), 4);
}
END_TEST

TCase *case_fakes(void)
{
	TCase *tcase = suite_case("fakes");

	tcase_add_checked_fixture(tcase, fakes_start, fakes_stop);
	add_rows(tcase, test_write, writes);
	tcase_add_test(tcase, test_preference);
	tcase_add_test(tcase, test_pages);
	tcase_add_test(tcase, test_threads);
	tcase_add_test(tcase, test_allowed);
	tcase_add_test(tcase, test_bound);
	tcase_add_test(tcase, test_banned);
	return tcase;
}
