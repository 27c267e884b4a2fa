// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe/knobs.h"
#include "probe/thread.h"
#include "tests/unit/probe/knobs_host.h"
#include "tests/unit/probe/probe.h"

#define KERNEL   0x00200000u
#define IMMOBILE 0x04000000u
#define SCOPE    "machine.slice/machine-qemu-1-vm.scope"

static void setup(void)
{
	knobs_host_setup();
	put_claim("vm", "4-7", true, "");
}

static void put_kernel_threads(void)
{
	put_thread(2, 2, "kthreadd", KERNEL, "0-7", "");
	put_thread(30, 30, "kswapd0", KERNEL | 0x840, "0-7", "");
	put_thread(31, 31, "kworker/0:0) S (", KERNEL | IMMOBILE, "0", "");
	put_thread(32, 32, "migration/5", KERNEL, "5", "");
	put_thread(33, 33, "gone", KERNEL, "", "");
	put_thread(35, 35, "user", 0x400000, "0-7", "");
}

START_TEST(test_children)
{
	put_kernel_threads();
	put_thread(36, 36, "unlisted", KERNEL, "0-7", "");
	put("proc/2/task/2/children", "2 30 31 32 33 34 35 ");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "2 20=0-7 30 300=0-7 32 320=5");
	ck_assert_uint_eq(it.notes.n, 0);
}
END_TEST

/* Kernels without CONFIG_PROC_CHILDREN. */
START_TEST(test_no_children)
{
	put_kernel_threads();
	remove_all(it.scratch.fd, "proc/2/task/2/children");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "2 20=0-7 30 300=0-7 32 320=5");
}
END_TEST

/* Of the kernel's own, those that are offline as well, which no system call tells. */
START_TEST(test_offline)
{
	put("sys/devices/system/cpu/possible", "0-9\n");
	put_thread(30, 30, "kswapd0", KERNEL, "0-7", "");
	put_thread(31, 31, "odd", KERNEL, "0-7", "");
	put_thread(32, 32, "odd too", KERNEL, "0-7", "");
	put_thread(33, 33, "going", KERNEL, "0-7", "");
	put_thread(35, 35, "user", 0, "0-3", "");
	put("proc/30/status", "Name:\tCpus_allowed:\t1\nUmask:\t0\nCpus_allowed:\t3ff\nCpus_allowed_list:\t0-9\n");
	put("proc/31/status", "Name:\tx\nCpus_allowed_list:\t0-9\n");
	put("proc/32/status", "Name:\tx\nCpus_allowed:\t3fg\n");
	put("proc/35/status", "Name:\tx\nCpus_allowed:\t30f\n");
	put("proc/2/task/2/children", "30 31 32 33 ");
	put("proc/sys/kernel/osrelease", "6.1.0\n");
	put_known(KNOB_THREAD, "30 300", "0-9", "0-3");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "30 300=0-9 35 350=0-3");
	it.claims.n_claims = 0;
	knobs_clear(&it.knobs);
	put_known(KNOB_THREAD, "30 300", "0-9", "0-3");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "30 300=0-9");
	/* Where all are online, the system call tells. */
	put("sys/devices/system/cpu/possible", "0-7\n");
	knobs_clear(&it.knobs);
	put_known(KNOB_THREAD, "30 300", "0-9", "0-3");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "30 300=0-7");
}
END_TEST

/* On the running host. */
START_TEST(test_live)
{
	struct cpuset all, online;
	struct host host;

	ck_assert_int_eq(host_open(NULL, &host), 0);
	ck_assert_int_eq(thread_probe_cpus(&host, getpid(), &all), 0);
	ck_assert_int_eq(host.kernel->get_affinity(&host, getpid(), &online), 0);
	ck_assert(cpuset_contains(&all, &online));
	ck_assert_int_eq(thread_probe_cpus(&host, INT32_MAX, &all), -ESRCH);
	host_close(&host);
}
END_TEST

/* More than is read at once. */
START_TEST(test_many)
{
	static char list[40000];
	size_t n = 0;

	for (int i = 0; i < 4000; i++) {
		put_thread(1000000 + i, 1000000 + i, "k", KERNEL, "0-7", "");
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%d ", 1000000 + i);
	}
	put("proc/2/task/2/children", "%s", list);
	probe(0);
	n = 0;
	for (unsigned int i = 0; i < it.knobs.n_knobs; i++)
		n += it.knobs.knobs[i].kind == KNOB_THREAD;
	ck_assert_uint_eq(n, 4000);
}
END_TEST

/* What the kernel does for a VM is the VM's. */
START_TEST(test_exempt)
{
	put_vm("vm", 500, SCOPE);
	put_thread(40, 40, "vhost-500", KERNEL, "4-7", SCOPE "/libvirt/emulator");
	put_thread(41, 41, "kvm-nx-lpage-re", KERNEL, "4-7", SCOPE);
	put_thread(42, 42, "vhost-600", KERNEL, "0-7", "machine.slice/machine-qemu-2-x.scope");
	put_thread(43, 43, "other", KERNEL, "0-7", SCOPE);
	put("proc/2/task/2/children", "40 41 42 43 ");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "40 400=4-7!0 41 410=4-7!0 42 420=0-7 43 430=0-7");
}
END_TEST

/* Those of the ledger, wherever they are now; a number that is another's is not one of them. */
START_TEST(test_known)
{
	put_known(KNOB_THREAD, "30 300", "0-7", "0-3");
	put_known(KNOB_THREAD, "31 999", "0-7", "0-3");
	put_known(KNOB_THREAD, "32 320", "0-7", "0-3");
	put_known(KNOB_THREAD, "33 330", "0-7", "0-3");
	put_known(KNOB_THREAD, "34 340", "0-7", "0-3");
	put_known(KNOB_THREAD, "x 340", "0-7", "0-3");
	put_known(KNOB_THREAD, "99999999999 1", "0-7", "0-3");
	put_kernel_threads();
	put_thread(36, 36, "new", KERNEL, "0-7", "");
	put("proc/2/task/2/children", "36 ");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "2 20=0-7 30 300=0-7 32 320=5 36 360=0-7");
	/* Without a claim nothing new is looked for. */
	knobs_clear(&it.knobs);
	it.claims.n_claims = 0;
	put_known(KNOB_THREAD, "30 300", "0-7", "0-3");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "30 300=0-7");
}
END_TEST

static const struct {
	const char *release;
	bool looked;
} releases[] = {
	{ "6.1.0-18-amd64\n", true },
	{ "5.15.0\n", true },
	{ "4.18.0-553.el8\n", true },
	{ "6.2.0\n", false },
	{ "6.12\n", false },
	{ "10.0.1\n", false },
	{ "what\n", false },
	{ "\n", false },
};

/* Before 6.2, threads that have fewer CPUs than their control group leaves them. */
START_TEST(test_tasks)
{
	put("proc/sys/kernel/osrelease", "%s", releases[_i].release);
	put_vm("vm", 500, SCOPE);
	put("sys/fs/cgroup/system.slice/cpuset.cpus.effective", "0-3\n");
	put_thread(100, 100, "all", 0, "0-7", "system.slice/a.service");
	put_thread(100, 101, "narrowed", 0, "0-3", "system.slice/a.service");
	put_thread(100, 102, "bound", 0, "3", "system.slice/a.service");
	put_thread(103, 103, "same CPUs, other group", 0, "0-3", "user.slice");
	put_thread(104, 104, "at the root", 0, "7", "");
	put_thread(105, 105, "gone", 0, "", "");
	put_thread(500, 500, "qemu-system-x86", 0, "4", SCOPE "/libvirt/vcpu0");
	/* One that starts, and that libvirt has not told of yet. */
	put_thread(600, 600, "qemu-system-x86", 0, "4", "machine.slice/machine-qemu-2-late.scope/libvirt/vcpu0");
	put_thread(30, 30, "kernel", KERNEL, "5", "");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), releases[_i].looked ? "102 1020=3 103 1030=0-3 104 1040=7" : "");
	ck_assert(!releases[_i].looked || knobs_find(&it.knobs, KNOB_THREAD, "102 1020")->frail);
}
END_TEST

/* Control groups change when they are given back, too. Threads of the kernel are not in one. */
START_TEST(test_tasks_given_back)
{
	it.claims.n_claims = 0;
	put("proc/sys/kernel/osrelease", "%s", releases[_i].release);
	put_thread(100, 102, "bound", 0, "3", "system.slice/a.service");
	put_thread(30, 30, "kernel", KERNEL, "5", "");
	(void)put_known(KNOB_THREAD, "30 300", "0-7", "5");
	(void)put_known(KNOB_ALLOWED, "system.slice", "", "0-3");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), releases[_i].looked ? "102 1020=3 30 300=5" : "30 300=5");
	ck_assert(!knobs_find(&it.knobs, KNOB_THREAD, "30 300")->frail);
}
END_TEST

/* What a control group leaves is asked anew each time. */
START_TEST(test_tasks_again)
{
	put("proc/sys/kernel/osrelease", "6.1.0\n");
	put("sys/fs/cgroup/user.slice/cpuset.cpus.effective", "0-3\n");
	put_thread(103, 103, "x", 0, "0-3", "user.slice");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "");
	put("sys/fs/cgroup/user.slice/cpuset.cpus.effective", "0-7\n");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "103 1030=0-3");
}
END_TEST

static int refuse_affinity(const struct host *host, pid_t tid, struct cpuset *ret)
{
	(void)host;
	(void)tid;
	(void)ret;
	return -EOPNOTSUPP;
}

START_TEST(test_not_told)
{
	it.kernel.get_affinity = refuse_affinity;
	put_kernel_threads();
	put("proc/2/task/2/children", "30 ");
	probe(0);
	ck_assert_str_eq(seen(KNOB_THREAD), "");
	ck_assert(is_noted("cannot ask where threads"));
	ck_assert_uint_eq(it.notes.n, 1);
}
END_TEST

TCase *case_knobs_threads(void)
{
	TCase *tcase = suite_case("knobs_threads");

	tcase_add_checked_fixture(tcase, setup, knobs_host_teardown);
	tcase_add_test(tcase, test_children);
	tcase_add_test(tcase, test_no_children);
	tcase_add_test(tcase, test_offline);
	tcase_add_test(tcase, test_live);
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_exempt);
	tcase_add_test(tcase, test_known);
	add_rows(tcase, test_tasks, releases);
	add_rows(tcase, test_tasks_given_back, releases);
	tcase_add_test(tcase, test_tasks_again);
	tcase_add_test(tcase, test_not_told);
	return tcase;
}
