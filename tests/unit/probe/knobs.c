// SPDX-License-Identifier: GPL-2.0-or-later
/* What is looked at at all, and interrupts. */
#include "probe/knobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/probe/knobs_host.h"
#include "tests/unit/probe/probe.h"

static void put_interrupt(int number, const char *actions, const char *mask)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "sys/kernel/irq/%d/actions", number);
	if (actions)
		put(path, "%s\n", actions);
	(void)snprintf(path, sizeof(path), "proc/irq/%d/smp_affinity", number);
	put(path, "%s\n", mask);
}

static void expect_nothing(void)
{
	for (enum knob_kind kind = 0; kind < KNOB_KINDS_; kind++)
		ck_assert_str_eq(seen(kind), "");
}

START_TEST(test_nothing_asked)
{
	put_claim("vm", "4-7", false, "");
	put_interrupt(24, "eth0", "ff");
	put_group("system.slice", "0-3");
	put_thread(2, 30, "kswapd0", 0x00200000, "0-7", "");
	put("proc/2/task/2/children", "30 ");
	probe(0);
	expect_nothing();
	ck_assert_uint_eq(it.knobs.n_needs + it.n_asked + it.notes.n, 0);
}
END_TEST

START_TEST(test_simple)
{
	put_claim("vm", "4-7", true, "");
	probe(0);
	ck_assert_str_eq(seen(KNOB_DEFAULT), "-=0-7");
	ck_assert_str_eq(seen(KNOB_WORKQUEUE), "-=0-7");
	ck_assert_str_eq(seen(KNOB_BALANCER), "");
	ck_assert_uint_eq(it.notes.n, 0);
}
END_TEST

/* What a control group isolates is missing in what unbound workqueues have, and not in what was asked for. */
START_TEST(test_workqueue_requested)
{
	put_claim("vm", "4-7", true, "");
	put("sys/devices/virtual/workqueue/cpumask", "fd\n");
	put("sys/devices/virtual/workqueue/cpumask_requested", "ff\n");
	probe(0);
	ck_assert_str_eq(seen(KNOB_WORKQUEUE), "-=0-7");
}
END_TEST

/* Only what the ledger knows, though nobody isolates any more. */
START_TEST(test_known_kind)
{
	put_known(KNOB_WORKQUEUE, "-", "0-7", "0-3");
	put("sys/devices/virtual/workqueue/cpumask", "0000000f\n");
	put_interrupt(24, "eth0", "ff");
	probe(0);
	ck_assert_str_eq(seen(KNOB_WORKQUEUE), "-=0-3");
	ck_assert_str_eq(seen(KNOB_DEFAULT), "");
	ck_assert_str_eq(seen(KNOB_INTERRUPT), "");
	ck_assert_uint_eq(cpuset_count(&knobs_find(&it.knobs, KNOB_WORKQUEUE, "-")->base.cpus), 8);
	ck_assert_uint_eq(it.n_asked, 0);
}
END_TEST

START_TEST(test_interrupts)
{
	put_claim("vm", "4-7", true, "");
	put_interrupt(24, "eth0", "f0");
	put_interrupt(25, NULL, "ff");
	put_interrupt(26, "", "ff");
	put_interrupt(27, "ehci_hcd:usb1,snd hda", "00000000,00000081");
	put_interrupt(28, "nvme0q1", "01");
	ck_assert_int_eq(fchmodat(it.scratch.fd, "proc/irq/28/smp_affinity", 0444, 0), 0);
	put_interrupt(29, "odd", "xyz");
	put("sys/kernel/irq/30/actions", "gone\n");
	put_directory(it.scratch.fd, "proc/irq/30");
	put("proc/irq/31x/smp_affinity", "ff\n");
	probe(0);
	ck_assert_str_eq(seen(KNOB_INTERRUPT), "24 eth0=4-7 27 ehci_hcd:usb1,snd hda=0,7");
	ck_assert(is_noted("places 1 interrupts"));
	ck_assert(is_noted("where 1 interrupts go"));
	ck_assert_uint_eq(it.notes.n, 2);
}
END_TEST

/* Who attends to a VM that has CPUs places these; those of other VMs are as the host's are. */
START_TEST(test_attended)
{
	put_claim("vm", "4-7", true, "");
	it.claims.functions[it.claims.n_functions++] = (struct address){ .bus = 1 };
	it.claims.functions[it.claims.n_functions++] = (struct address){ .bus = 1, .function = 1 };
	put_interrupt(24, "vfio-msix[0](0000:01:00.0)", "ff");
	put_interrupt(25, "vfio-msi[0](0000:01:00.1)", "ff");
	put_interrupt(26, "vfio-msix[0](0000:02:00.0)", "ff");
	put_interrupt(27, "vfio-intx(0000:01:00.0)", "ff");
	probe(0);
	ck_assert_str_eq(seen(KNOB_INTERRUPT), "26 vfio-msix[0](0000:02:00.0)=0-7 27 vfio-intx(0000:01:00.0)=0-7");
	ck_assert_uint_eq(it.notes.n, 0);
}
END_TEST

/* Names are strangers' text, and as long as they like. */
START_TEST(test_interrupt_names)
{
	char name[2000], expected[KNOB_KEY_SIZE] = "7 ";

	put_claim("vm", "4-7", true, "");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	put_interrupt(7, name, "01");
	put_interrupt(8, "a\n\033[2Jb\xc3", "01");
	probe(0);
	ck_assert_ptr_nonnull(knobs_find(&it.knobs, KNOB_INTERRUPT, "8 a??[2Jb?"));
	memset(expected + 2, 'x', sizeof(expected) - 3);
	ck_assert_uint_eq(it.knobs.knobs[0].key[0] ? strlen(seen(KNOB_INTERRUPT)) > 400 : 0, 1);
	for (unsigned int i = 0; i < it.knobs.n_knobs; i++)
		ck_assert_uint_lt(strlen(it.knobs.knobs[i].key), KNOB_KEY_SIZE);
	ck_assert(strstr(seen(KNOB_INTERRUPT), "7 xxxxxxxx"));
	ck_assert_uint_eq(it.notes.n, 0);
}
END_TEST

START_TEST(test_large)
{
	char mask[1024] = "";

	for (int i = 0; i < 2048 / 32; i++)
		strcat(mask, i ? ",ffffffff" : "80000000");
	put_claim("vm", "2040-2047", true, "");
	put("sys/devices/system/cpu/online", "0-2047\n");
	put("proc/irq/default_smp_affinity", "%s\n", mask);
	put_interrupt(24, "eth0", mask);
	probe(0);
	ck_assert_str_eq(seen(KNOB_DEFAULT), "-=0-2015,2047");
	ck_assert_str_eq(seen(KNOB_INTERRUPT), "24 eth0=0-2015,2047");
}
END_TEST

static int balancer_result;

static int balance(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms)
{
	ck_assert_ptr_eq(host, &it.host);
	ck_assert_int_gt(deadline_ms, 0);
	*ret_pid = 800;
	*ret = (struct cpuset){ 0 };
	cpuset_add(ret, 3);
	return balancer_result;
}

START_TEST(test_balancer)
{
	it.manager.get_banned_cpus = balance;
	put_claim("vm", "4-7", true, "");
	put_thread(800, 800, "irqbalance", 0, "0-7", "system.slice/irqbalance.service");
	probe(0);
	ck_assert_str_eq(seen(KNOB_BALANCER), "800 8000=3");
	ck_assert_uint_eq(it.notes.n, 0);
	/* It ended after it answered; it does not answer. */
	knobs_clear(&it.knobs);
	remove_all(it.scratch.fd, "proc/800");
	probe(0);
	ck_assert_str_eq(seen(KNOB_BALANCER), "");
	ck_assert_uint_eq(it.notes.n, 0);
	balancer_result = -ETIMEDOUT;
	probe(0);
	ck_assert_str_eq(seen(KNOB_BALANCER), "");
	ck_assert(is_noted("cannot ask irqbalance"));
}
END_TEST

START_TEST(test_missing)
{
	put_claim("vm", "4-7", true, "");
	remove_all(it.scratch.fd, "proc/irq");
	remove_all(it.scratch.fd, "sys/devices/virtual");
	probe(0);
	ck_assert(is_noted("cannot list interrupts"));
	ck_assert(is_noted("'irq/default_smp_affinity'"));
	ck_assert(is_noted("'devices/virtual/workqueue/cpumask'"));
	expect_nothing();
}
END_TEST

static const struct {
	const char *online;
	int expected;
} lists[] = {
	{ "0-3,8\n", 0 },
	{ "0-2047\n", 0 },
	{ "0-2048\n", -EBADMSG },
	{ "\n", -EBADMSG },
	{ "all\n", -EBADMSG },
	{ NULL, -ENOENT },
};

START_TEST(test_online)
{
	struct cpuset online;

	if (lists[_i].online)
		put("sys/devices/system/cpu/online", "%s", lists[_i].online);
	else
		remove_all(it.scratch.fd, "sys/devices/system/cpu");
	ck_assert_int_eq(online_probe(&it.host, &online), lists[_i].expected);
	if (lists[_i].expected < 0)
		probe(-ECANCELED);
}
END_TEST

/* More than there is room for is left as it is, and said. */
START_TEST(test_full)
{
	char key[32];

	put_claim("vm", "4-7", true, "");
	for (int i = 0; i < KNOBS_MAX - 1; i++) {
		(void)snprintf(key, sizeof(key), "%d x", i + 1000);
		ck_assert_ptr_nonnull(knobs_put(&it.knobs, KNOB_INTERRUPT, key));
	}
	put_interrupt(24, "eth0", "f0");
	probe(0);
	ck_assert(is_noted("2 more interrupts"));
}
END_TEST

TCase *case_knobs(void)
{
	TCase *tcase = suite_case("knobs");

	tcase_add_checked_fixture(tcase, knobs_host_setup, knobs_host_teardown);
	tcase_add_test(tcase, test_nothing_asked);
	tcase_add_test(tcase, test_simple);
	tcase_add_test(tcase, test_known_kind);
	tcase_add_test(tcase, test_workqueue_requested);
	tcase_add_test(tcase, test_interrupts);
	tcase_add_test(tcase, test_attended);
	tcase_add_test(tcase, test_interrupt_names);
	tcase_add_test(tcase, test_large);
	tcase_add_test(tcase, test_balancer);
	tcase_add_test(tcase, test_missing);
	add_rows(tcase, test_online, lists);
	tcase_add_test(tcase, test_full);
	return tcase;
}
