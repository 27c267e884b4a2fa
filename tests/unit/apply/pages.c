// SPDX-License-Identifier: GPL-2.0-or-later
/* Huge pages that a domain lacks are added before it starts, and go with it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scratch.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/cpus.h"

#define POOL(node) "sys/devices/system/node/node" #node "/hugepages/hugepages-2048kB/"
#define TOTAL      POOL(1) "nr_hugepages"
#define WHOLE      "sys/kernel/mm/hugepages/hugepages-2048kB/"

/* Somebody else does. */
static void set_total(const char *value)
{
	static const char path[] = TOTAL;

	ck_assert_int_eq(fake_kernel_write(&machine.host, path + strlen("sys/"), value), 0);
}

/* Of pages alone; those of node 1, where 4 are free. */
static struct domain pages_domain(const char *name, unsigned int number, unsigned int pages)
{
	struct domain domain = machine_cpus_domain(name, number, "4-7", "");

	domain.policy.isolate = false;
	machine_ask_pages(&domain, 1, pages);
	return domain;
}

START_TEST(test_added)
{
	const struct domain vm = pages_domain("vm", 1, 20);

	cpus_take(&vm);
	cpus_check_line(TOTAL, "20");
	cpus_check_line(POOL(0) "nr_hugepages", "4");
	cpus_return(&vm);
}
END_TEST

/* There are enough: nothing is added, but they are promised. */
START_TEST(test_enough)
{
	const struct domain one = pages_domain("one", 1, 4), two = pages_domain("two", 2, 3);

	cpus_take(&one);
	cpus_check_line(TOTAL, "4");
	cpus_take(&two);
	cpus_check_line(TOTAL, "7");
	cpus_return(&one);
	cpus_check_line(TOTAL, "7");
	cpus_return(&two);
}
END_TEST

/* Until it runs, what it has been promised is not free; from then on what is free is. */
START_TEST(test_promised)
{
	const struct domain one = pages_domain("one", 1, 20), two = pages_domain("two", 2, 10);

	cpus_take(&one);
	cpus_take(&two);
	cpus_check_line(TOTAL, "30");
	cpus_return(&two);
	cpus_check_line(TOTAL, "20");
	/* It runs, and has taken only a part: the rest nobody will take. */
	machine_run_vm(&machine, &one, 1000);
	fake_kernel_use_pages(&machine.host, 1, 2048, 15);
	handover_started(machine.handover, &one);
	cpus_take(&two);
	cpus_check_line(TOTAL, "25");
	machine_end_vm(&machine, &one, 1000);
	fake_kernel_use_pages(&machine.host, 1, 2048, 0);
	cpus_return(&one);
	cpus_return(&two);
}
END_TEST

/* Two add some, and go in either order; in between, somebody else may have lowered the total. */
static const struct {
	bool first_goes; /* the first who came */
	const char *lowered, *between;
} orders[] = {
	{ true, NULL, "14" },
	{ false, NULL, "20" },
	{ true, "12", "12" },
	{ false, "12", "12" },
	{ true, "18", "14" },
};

START_TEST(test_orders)
{
	const struct domain vms[2] = { pages_domain("one", 1, 20), pages_domain("two", 2, 10) };
	bool first = orders[_i].first_goes;

	cpus_take(&vms[0]);
	cpus_take(&vms[1]);
	cpus_check_line(TOTAL, "30");
	if (orders[_i].lowered)
		set_total(orders[_i].lowered);
	cpus_return(&vms[!first]);
	cpus_check_line(TOTAL, orders[_i].between);
	cpus_return(&vms[first]);
	cpus_check_line(TOTAL, "4");
}
END_TEST

/* One that finds too few gives back no page of another that has not taken its own yet. */
START_TEST(test_short_beside)
{
	const struct domain one = pages_domain("one", 1, 20), two = pages_domain("two", 2, 80);

	cpus_take(&one);
	cpus_refuse(&two, REFUSAL_FAILED, "node 1 had room for 44 more");
	cpus_check_line(TOTAL, "20");
	cpus_return(&one);
}
END_TEST

/* The node has room for 60: the others are put back, and the sentence has the number. */
START_TEST(test_short)
{
	struct domain vm = pages_domain("vm", 1, 100);

	vm.policy.isolate = _i;
	machine_ask_pages(&vm, 0, 10);
	cpus_refuse(&vm, REFUSAL_FAILED, "node 1 had room for 60 more");
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "everything was put back"));
	ck_assert(machine_is_clean(&machine));
}
END_TEST

/* What is scattered comes free a half at a time, in four attempts. */
static const struct {
	unsigned int pages, scattered;
	const char *part; /* NULL: they are found */
} scatters[] = {
	{ 60, 16, NULL },
	{ 60, 30, NULL },
	{ 64, 60, "node 1 had room for 52 more" },
};

START_TEST(test_scattered)
{
	const struct domain vm = pages_domain("vm", 1, scatters[_i].pages);

	machine.kernel.scattered_kb[1] = (uint64_t)scatters[_i].scattered * 2048;
	if (scatters[_i].part) {
		cpus_refuse(&vm, REFUSAL_FAILED, scatters[_i].part);
		return;
	}
	cpus_take(&vm);
	cpus_check_line(TOTAL, "60");
	cpus_return(&vm);
}
END_TEST

/* Somebody else has set another total meanwhile: what was added is taken off that, and never more than there is. */
static const struct {
	const char *now, *then;
} totals[] = {
	{ "25", "9" },
	{ "20", "4" },
	{ "10", "4" },
	{ "4", "4" },
	{ "2", "2" },
};

START_TEST(test_clamp)
{
	const struct domain vm = pages_domain("vm", 1, 20);

	cpus_take(&vm);
	set_total(totals[_i].now);
	cpus_return(&vm);
	cpus_check_line(TOTAL, totals[_i].then);
	cpus_accept();
}
END_TEST

/* Another process has taken them: they go when it gives them back. */
START_TEST(test_in_use)
{
	const struct domain vm = pages_domain("vm", 1, 20);

	cpus_take(&vm);
	fake_kernel_use_pages(&machine.host, 1, 2048, 12);
	cpus_return(&vm);
	ck_assert_msg(strstr(machine.notes, "8 huge pages of node 1 are still in use"), "%s", machine.notes);
	cpus_check_line(POOL(1) "surplus_hugepages", "8");
	fake_kernel_use_pages(&machine.host, 1, 2048, 0);
}
END_TEST

/* What is left over and in use is none of those that the domain needs. */
START_TEST(test_left_over)
{
	const struct domain vm = pages_domain("vm", 1, 10);

	fake_kernel_use_pages(&machine.host, 1, 2048, 4);
	set_total("12");
	fake_kernel_use_pages(&machine.host, 1, 2048, 12);
	set_total("4");
	cpus_check_line(POOL(1) "surplus_hugepages", "8");
	cpus_accept();
	cpus_take(&vm);
	cpus_check_line(POOL(1) "free_hugepages", "10");
	cpus_return(&vm);
	cpus_check_line(POOL(1) "surplus_hugepages", "8");
}
END_TEST

static void meddle(void *data)
{
	set_total(data);
}

/* Between the plan and the change: nothing was added, so nothing is taken away. */
START_TEST(test_stale)
{
	static char more[] = "30";
	const struct fault fault = {
		.kind = FAULT_MEDDLE, .scope = FAULT_FILE, .at = 2, .meddle = meddle, .data = more
	};
	const struct domain vm = pages_domain("vm", 1, 20);

	fault_arm(&fault);
	ck_assert_int_eq(handover_take(machine.handover, &vm, CPUS_DAEMON, &machine.refusal), -ECANCELED);
	fault_disarm(0);
	cpus_check_line(TOTAL, "30");
	cpus_accept();
}
END_TEST

/* The kernel still looks for pages when nobody waits any more: what it finds then is put back by whoever comes next. */
START_TEST(test_late)
{
	const struct domain vm = pages_domain("vm", 1, 20);

	machine.kernel.pages_hang = true;
	ck_assert_int_eq(handover_take(machine.handover, &vm, CPUS_DAEMON, &machine.refusal), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "gpu-handoff recover"));
	machine.kernel.pages_hang = false;
	set_total("20");
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
}
END_TEST

/* A page that a process was promised is not free. */
START_TEST(test_reserved)
{
	const struct domain vm = pages_domain("vm", 1, 20);

	put_text(machine.scratch.fd, "sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages", "3\n");
	cpus_accept();
	cpus_take(&vm);
	cpus_check_line(TOTAL, "23");
	cpus_return(&vm);
}
END_TEST

/* A kernel without NUMA: all pages are node 0's, and they are elsewhere. */
START_TEST(test_no_numa)
{
	struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");

	vm.policy.isolate = false;
	machine_ask_pages(&vm, 0, 20);
	remove_all(machine.scratch.fd, "sys/devices/system/node");
	put_text(machine.scratch.fd, WHOLE "nr_hugepages", "4\n");
	put_text(machine.scratch.fd, WHOLE "free_hugepages", "4\n");
	put_text(machine.scratch.fd, WHOLE "surplus_hugepages", "0\n");
	cpus_accept();
	cpus_take(&vm);
	cpus_check_line(WHOLE "nr_hugepages", "20");
	cpus_return(&vm);
	cpus_check_line(WHOLE "nr_hugepages", "4");
}
END_TEST

TCase *case_pages(void)
{
	TCase *tcase = suite_case("pages");

	tcase_add_checked_fixture(tcase, cpus_start, cpus_stop);
	tcase_add_test(tcase, test_added);
	tcase_add_test(tcase, test_enough);
	tcase_add_test(tcase, test_promised);
	add_rows(tcase, test_orders, orders);
	tcase_add_test(tcase, test_short_beside);
	tcase_add_loop_test(tcase, test_short, 0, 2);
	add_rows(tcase, test_scattered, scatters);
	add_rows(tcase, test_clamp, totals);
	tcase_add_test(tcase, test_in_use);
	tcase_add_test(tcase, test_left_over);
	tcase_add_test(tcase, test_stale);
	tcase_add_test(tcase, test_late);
	tcase_add_test(tcase, test_reserved);
	tcase_add_test(tcase, test_no_numa);
	return tcase;
}
