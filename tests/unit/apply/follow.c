// SPDX-License-Identifier: GPL-2.0-or-later
/* The interrupts of a VM's devices: when they are moved, and when they are let alone; and where to. */
#include "apply/follow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/attended.h"
#include "probe/inventory.h"
#include "tests/support/machine_cpus.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define DEVICE "sys/devices/pci0000:00/0000:01:00.%d"

static struct scratch scratch;
static struct host host;
static struct follow follow;
static const struct address functions[] = { { .bus = 1 }, { .bus = 1, .function = 1 } };

static void setup(void)
{
	char path[128], link[128];

	scratch_make(&scratch);
	for (int i = 0; i < COUNT(functions); i++) {
		(void)snprintf(path, sizeof(path), DEVICE, i);
		(void)snprintf(link, sizeof(link), "sys/bus/pci/devices/0000:01:00.%d", i);
		put_directory(scratch.fd, path);
		put_link(scratch.fd, link, path);
	}
	put_directory(scratch.fd, "proc");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	memset(&follow, 0, sizeof(follow));
}

static void teardown(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static struct cpuset set_of(const char *list)
{
	struct cpuset set;

	ck_assert_int_eq(cpuset_parse(list, &set), 0);
	return set;
}

static void put_affinity(int number, const char *mask)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/irq/%d/smp_affinity", number);
	put_text(scratch.fd, path, "%s\n", mask);
}

/* One that comes, over one of the same number that was there: the kernel gives it the default's CPUs. */
static void put_vector(int function, int number)
{
	char path[128], new[128];

	(void)snprintf(path, sizeof(path), "sys/kernel/irq/%d/actions", number);
	put_text(scratch.fd, path, "vfio-msix[0](0000:01:00.%d)\n", function);
	put_affinity(number, "ff");
	(void)snprintf(path, sizeof(path), DEVICE "/msi_irqs", function);
	put_directory(scratch.fd, path);
	(void)snprintf(path, sizeof(path), DEVICE "/msi_irqs/%d", function, number);
	(void)snprintf(new, sizeof(new), DEVICE "/new", function);
	put_text(scratch.fd, new, "msix\n");
	ck_assert_int_eq(renameat(scratch.fd, new, scratch.fd, path), 0);
}

static void remove_vector(int function, int number)
{
	char path[128];

	(void)snprintf(path, sizeof(path), DEVICE "/msi_irqs/%d", function, number);
	remove_all(scratch.fd, path);
}

static int look(const char *cpus)
{
	const struct cpuset set = set_of(cpus);

	return follow_look(&host, functions, COUNT(functions), &set, &follow);
}

static void expect(int number, const char *cpus)
{
	struct cpuset current;

	ck_assert_int_eq(interrupt_probe_cpus(&host, (unsigned int)number, &current), 0);
	ck_assert_str_eq(cpuset_text(&current).s, cpus);
}

START_TEST(test_once)
{
	ck_assert_int_eq(look("2-3"), 0);
	put_vector(0, 29);
	put_vector(1, 30);
	put_affinity(31, "ff");
	ck_assert_int_eq(look("2-3"), 2);
	expect(29, "2-3");
	expect(30, "2-3");
	expect(31, "0-7");
	ck_assert_int_eq(look("2-3"), 0);
	/* Somebody puts it elsewhere, where the default is as well. */
	put_affinity(29, "ff");
	ck_assert_int_eq(look("2-3"), 0);
	expect(29, "0-7");
	put_vector(0, 32);
	ck_assert_int_eq(look("2-3"), 1);
	expect(32, "2-3");
}
END_TEST

/* The guest boots again between two looks, or while one sees that they are gone. */
START_TEST(test_again)
{
	put_vector(0, 29);
	ck_assert_int_eq(look("2-3"), 1);
	put_vector(0, 29);
	ck_assert_int_eq(look("2-3"), 1);
	expect(29, "2-3");
	remove_vector(0, 29);
	ck_assert_int_eq(look("2-3"), 0);
	put_vector(1, 29);
	ck_assert_int_eq(look("2-3"), 1);
	expect(29, "2-3");
}
END_TEST

/* Another VM takes CPUs. */
START_TEST(test_others)
{
	put_vector(0, 29);
	put_vector(0, 30);
	ck_assert_int_eq(look("0-3"), 2);
	put_affinity(30, "10");
	put_vector(0, 31);
	ck_assert_int_eq(look("0-1"), 2);
	expect(29, "0-1");
	expect(30, "4");
	expect(31, "0-1");
	ck_assert_int_eq(look("0-3"), 2);
	expect(29, "0-3");
	expect(30, "4");
}
END_TEST

/* It has gone since; it cannot be moved, which is said once. */
START_TEST(test_failures)
{
	put_vector(0, 29);
	put_vector(0, 30);
	remove_all(scratch.fd, "proc/irq/29");
	ck_assert_int_eq(look("2-3"), 1);
	expect(30, "2-3");
	put_vector(0, 31);
	remove_all(scratch.fd, "proc/irq/31");
	put_directory(scratch.fd, "proc/irq/31/smp_affinity");
	put_vector(0, 32);
	ck_assert_int_eq(look("2-3"), -EISDIR);
	expect(32, "2-3");
	ck_assert_int_eq(look("2-3"), 0);
}
END_TEST

/* Which CPUs, while other domains come and go. */
START_TEST(test_cpus)
{
	const struct domain first = machine_cpus_domain("vm", 1, "4-5", "");
	const struct domain second = machine_cpus_domain("two", 2, "6", "");
	const struct domain third = machine_cpus_domain("three", 3, "7", "");
	static struct attended attended;
	struct cpuset cpus;

	machine_start(&machine, NULL, 0);
	machine_dress_cpus(&machine, true);
	ck_assert_int_eq(handover_attend(machine.handover, first.uuid, &attended), -ENOENT);
	ck_assert_int_eq(handover_take(machine.handover, &first, CPUS_DAEMON, &machine.refusal), 0);
	ck_assert_int_eq(handover_attend(machine.handover, first.uuid, &attended), -ENOENT);
	machine_run_vm(&machine, &first, 1000);
	ck_assert_int_eq(handover_attend(machine.handover, first.uuid, &attended), 0);
	ck_assert_str_eq(attended.group, machine_vm_group(&first));
	ck_assert_str_eq(cpuset_text(&attended.vcpus).s, "4-5");
	ck_assert_uint_eq(attended.n_functions, 0);
	ck_assert_int_eq(handover_vector_cpus(machine.handover, &attended, &cpus), 0);
	ck_assert_str_eq(cpuset_text(&cpus).s, "6-7");
	ck_assert_int_eq(handover_take(machine.handover, &second, CPUS_DAEMON, &machine.refusal), 0);
	ck_assert_int_eq(handover_vector_cpus(machine.handover, &attended, &cpus), 0);
	ck_assert_str_eq(cpuset_text(&cpus).s, "7");
	ck_assert_int_eq(handover_take(machine.handover, &third, CPUS_DAEMON, &machine.refusal), 0);
	ck_assert_int_eq(handover_vector_cpus(machine.handover, &attended, &cpus), 0);
	ck_assert_str_eq(cpuset_text(&cpus).s, "0-3");
	ck_assert_int_eq(handover_return(machine.handover, second.uuid, &machine.refusal), 0);
	ck_assert_int_eq(handover_vector_cpus(machine.handover, &attended, &cpus), 0);
	ck_assert_str_eq(cpuset_text(&cpus).s, "6");
	machine_stop(&machine);
}
END_TEST

/* Another function at the address of one that has vanished: its interrupts are none of this VM's. */
START_TEST(test_replaced)
{
	const struct domain first = machine_cpus_domain("vm", 1, "4-5", "");
	static struct attended attended;
	struct cpuset cpus;

	machine_start(&machine, NULL, 0);
	machine_dress_cpus(&machine, true);
	put_text(machine.host.sys, "bus/pci/devices/0000:01:00.0/vendor", "0x10de\n");
	put_text(machine.host.sys, "bus/pci/devices/0000:01:00.1/vendor", "0x10de\n");
	attended =
		(struct attended){ .n_functions = 3, .functions = { { 0, 1, 0, 0 }, { 0, 1, 0, 1 }, { 0, 2, 0, 0 } } };
	ck_assert_int_eq(function_identify(&machine.host, attended.functions[0], &attended.identities[0]), 0);
	attended.identities[1] = attended.identities[0];
	attended.identities[2] = attended.identities[0];
	ck_assert_int_eq(handover_take(machine.handover, &first, CPUS_DAEMON, &machine.refusal), 0);
	ck_assert_int_eq(handover_vector_cpus(machine.handover, &attended, &cpus), 0);
	/* What is not there has nothing to move, and may yet be found to be replaced. */
	ck_assert_uint_eq(attended.n_functions, 2);
	ck_assert_uint_eq(attended.functions[0].function, 0);
	ck_assert_uint_eq(attended.functions[1].bus, 2);
	ck_assert(attended.identities[1] == attended.identities[0]);
	machine_stop(&machine);
}
END_TEST

static void put_interrupt(int number, const char *actions)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/irq/%d/smp_affinity", number);
	put_text(machine.scratch.fd, path, "ff\n");
	(void)snprintf(path, sizeof(path), "sys/kernel/irq/%d/actions", number);
	put_text(machine.scratch.fd, path, "%s\n", actions);
}

/* Those of a VM that is attended are no knobs when another one takes CPUs, nor are they said to be changed. */
START_TEST(test_no_knob)
{
	const struct domain first = machine_cpus_domain("vm", 1, "4-5", "");
	const struct domain second = machine_cpus_domain("two", 2, "6-7", "");
	char *journal, *rest, path[128];

	machine_start(&machine, NULL, 0);
	machine_dress_cpus(&machine, true);
	ck_assert_int_eq(handover_take(machine.handover, &first, CPUS_DAEMON, &machine.refusal), 0);
	/* As if it had a card. */
	journal = machine_journal(&machine, first.uuid);
	rest = strstr(journal, "\nclaim ");
	ck_assert_ptr_nonnull(rest);
	*rest++ = '\0';
	(void)snprintf(path, sizeof(path), "run/gpu-handoff/%s.journal", first.uuid);
	put_text(machine.scratch.fd, path, "%s\ntaken 0000:01:00.0 14 named\n%s", journal, rest);
	free(journal);
	put_interrupt(40, "vfio-msix[0](0000:01:00.0)");
	put_interrupt(41, "vfio-msix[0](0000:02:00.0)");
	ck_assert_int_eq(handover_take(machine.handover, &second, CPUS_DAEMON, &machine.refusal), 0);
	ck_assert_str_eq(machine_line(&machine, "proc/irq/40/smp_affinity"), "ff");
	ck_assert_str_eq(machine_line(&machine, "proc/irq/41/smp_affinity"), "0f");
	put_interrupt(40, "vfio-msix[0](0000:01:00.0)");
	ck_assert_int_eq(handover_settle(machine.handover), 0);
	ck_assert_msg(!strstr(machine.notes, "somebody else"), "%s", machine.notes);
	machine_stop(&machine);
}
END_TEST

/* What failed is said to have, so that it can be tried again. */
START_TEST(test_settle)
{
	const struct domain domain = machine_cpus_domain("vm", 1, "4-7", "");

	machine_start(&machine, NULL, 0);
	machine_dress_cpus(&machine, true);
	ck_assert_int_eq(handover_settle(machine.handover), 0);
	ck_assert_int_eq(handover_take(machine.handover, &domain, CPUS_DAEMON, &machine.refusal), 0);
	ck_assert_int_eq(handover_settle(machine.handover), 0);
	put_text(machine.scratch.fd, "run/gpu-handoff/ledger", "damaged\n");
	ck_assert_int_lt(handover_settle(machine.handover), 0);
	machine_stop(&machine);
}
END_TEST

TCase *case_follow(void)
{
	TCase *tcase = suite_case("follow");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_once);
	tcase_add_test(tcase, test_again);
	tcase_add_test(tcase, test_others);
	tcase_add_test(tcase, test_failures);
	tcase_add_test(tcase, test_cpus);
	tcase_add_test(tcase, test_replaced);
	tcase_add_test(tcase, test_no_knob);
	tcase_add_test(tcase, test_settle);
	return tcase;
}
