// SPDX-License-Identifier: GPL-2.0-or-later
/* The journal as text and as a file. */
#include "apply/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/journal_text.h"
#include "host/runtime.h"
#include "tests/support/golden.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define HEAD "gpu-handoff 1\n"
#define A64  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define UUID "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"

static struct journal journal, again;
static char buffer[JOURNAL_SIZE_MAX];

static void fill(struct journal *j)
{
	static const struct step steps[] = {
		{ .kind = STEP_MODULE, .new = "vfio-pci" },
		{ .kind = STEP_POWER, .target = { 0, 1, 0, 1 }, .old = "auto", .new = "on" },
		{ .kind = STEP_D3COLD, .target = { 0x10000, 0xe1, 0x1f, 7 }, .old = "1", .new = "0" },
		{ .kind = STEP_OVERRIDE, .target = { 0, 1, 0, 0 }, .old = "(null)", .new = "vfio-pci" },
		{ .kind = STEP_OVERRIDE, .target = { 0, 1, 0, 1 }, .old = "-", .new = "a b%c\nd\xff" },
		{ .kind = STEP_UNBIND, .target = { 0, 1, 0, 0 }, .old = "nvidia", .new = "" },
		{ .kind = STEP_BIND, .target = { 0, 1, 0, 0 }, .old = "", .new = "vfio-pci" },
	};

	memset(j, 0, sizeof(*j));
	(void)snprintf(j->owner, sizeof(j->owner), UUID);
	(void)snprintf(j->name, sizeof(j->name), "a VM \xc3\xa9\nheld");
	j->daemon = 812;
	j->daemon_start = 18446744073709551615u;
	j->plan.n_taken = 2;
	j->plan.taken[0] = (struct taken){ .address = { 0, 1, 0, 0 }, .iommu_group = 14 };
	j->plan.taken[1] = (struct taken){
		.address = { 0, 1, 0, 1 }, .iommu_group = 14, .forgotten = true, .identity = UINT64_MAX
	};
	for (int i = 0; i < COUNT(steps); i++)
		j->plan.steps[j->plan.n_steps++] = steps[i];
}

static void write_all(const struct journal *j)
{
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	journal_write_head(&text, j);
	for (unsigned int i = 0; i < j->plan.n_steps; i++)
		journal_write_change(&text, &j->plan.steps[i]);
	ck_assert(!text.cut);
}

/* Written and read: the same, whatever is in it. */
START_TEST(test_golden)
{
	static char first[sizeof(buffer)];

	fill(&journal);
	journal.kind = _i == 1 ? JOURNAL_DETACHED : JOURNAL_DOMAIN;
	write_all(&journal);
	golden_check(_i ? "journal-detached.txt" : "journal.txt", buffer);
	memcpy(first, buffer, sizeof(first));
	ck_assert_int_eq(journal_parse(buffer, strlen(buffer), &again), 0);
	ck_assert_int_eq(again.state, JOURNAL_TAKING);
	ck_assert_int_eq(again.daemon, 812);
	ck_assert_uint_eq(again.daemon_start, journal.daemon_start);
	ck_assert_str_eq(again.name, _i ? "" : journal.name);
	ck_assert_uint_eq(again.plan.n_taken, 2);
	ck_assert(!again.plan.taken[0].forgotten && again.plan.taken[1].forgotten);
	ck_assert(again.plan.taken[0].identity == 0 && again.plan.taken[1].identity == UINT64_MAX);
	ck_assert_uint_eq(again.plan.n_steps, journal.plan.n_steps);
	ck_assert_mem_eq(again.plan.steps[4].new, journal.plan.steps[4].new, STEP_VALUE_SIZE);
	ck_assert_str_eq(again.plan.steps[4].old, "-");
	ck_assert_str_eq(again.plan.steps[5].new, "");
	memcpy(again.owner, journal.owner, sizeof(again.owner));
	write_all(&again);
	ck_assert_str_eq(buffer, first);
}
END_TEST

START_TEST(test_command)
{
	fill(&journal);
	journal.is_command = true;
	write_all(&journal);
	ck_assert_ptr_nonnull(strstr(buffer, "\ncommand 812 "));
	ck_assert_ptr_null(strstr(buffer, "daemon"));
	ck_assert_int_eq(journal_parse(buffer, strlen(buffer), &again), 0);
	ck_assert(again.is_command);
	ck_assert_int_eq(again.daemon, 812);
}
END_TEST

/* CPUs and huge pages too. */
START_TEST(test_resources)
{
	const char *text = HEAD "domain " UUID " vm\n"
				"claim 4-7,12 isolated performance 0-1 /vms/a%20b\n"
				"needs node0/hugepages/hugepages-2048kB 512 64\n"
				"needs node1/hugepages/hugepages-1048576kB 8 0\n"
				"change pages node0/hugepages/hugepages-2048kB 64 512\n"
				"change cpus 0000:00:00.0 - 4-7%2c12\n";

	ck_assert_int_eq(journal_parse(text, strlen(text), &again), 0);
	ck_assert(again.plan.has_claim && again.plan.claim.isolate);
	ck_assert_uint_eq(cpuset_count(&again.plan.claim.cpus), 5);
	ck_assert_str_eq(again.plan.claim.governor, "performance");
	ck_assert_str_eq(again.plan.claim.partition, "/vms/a b");
	ck_assert_uint_eq(again.plan.orders.n_orders, 2);
	ck_assert_uint_eq(again.plan.orders.orders[0].count, 512);
	ck_assert_uint_eq(again.plan.orders.orders[0].base, 64);
	ck_assert_uint_eq(again.plan.orders.orders[1].page_kib, 1048576);
	write_all(&again);
	ck_assert_str_eq(buffer, text);
}
END_TEST

/* A beginning of a journal is a journal of what its whole lines say. */
START_TEST(test_beginnings)
{
	size_t size;

	fill(&journal);
	write_all(&journal);
	size = strlen(buffer);
	for (size_t n = 0; n <= size; n++) {
		char *exact = malloc(n + 1);
		unsigned int lines = 0;

		memcpy(exact, buffer, n);
		for (size_t i = 0; i < n; i++)
			lines += strncmp(buffer + i, "\nchange ", 8) == 0 && memchr(buffer + i + 1, '\n', n - i - 1);
		ck_assert_int_eq(journal_parse(exact, n, &again), 0);
		ck_assert_uint_eq(again.plan.n_steps, lines);
		free(exact);
	}
}
END_TEST

static const struct {
	const char *text;
	int expected;
	enum journal_state state;
} texts[] = {
	{ "", 0, JOURNAL_TAKING },
	{ HEAD, 0, JOURNAL_TAKING },
	{ "gpu-handoff 1", 0, JOURNAL_TAKING },
	{ HEAD "domain " UUID " vm\nheld\n", 0, JOURNAL_HELD },
	{ HEAD "domain " UUID " vm\nheld", 0, JOURNAL_TAKING },
	{ HEAD "domain " UUID " vm\nheld\nreturning\n", 0, JOURNAL_RETURNING },
	{ HEAD "detached 0000:01:00.0\nheld\n", 0, JOURNAL_HELD },
	{ "\n", -EBADMSG, 0 },
	{ "gpu-handoff 2\n", -EBADMSG, 0 },
	{ "gpu-handoff 1 \n", -EBADMSG, 0 },
	{ HEAD "\n", -EBADMSG, 0 },
	{ HEAD HEAD, -EBADMSG, 0 },
	{ HEAD "domain " UUID "\n", -EBADMSG, 0 },
	{ HEAD "domain " UUID " a b\n", -EBADMSG, 0 },
	{ HEAD "domain " UUID " %\n", -EBADMSG, 0 },
	{ HEAD "domain " UUID " %4\n", -EBADMSG, 0 },
	{ HEAD "domain " UUID " %00\n", -EBADMSG, 0 },
	{ HEAD "domain " UUID " %zz\n", -EBADMSG, 0 },
	{ HEAD "daemon 812\n", -EBADMSG, 0 },
	{ HEAD "daemon -1 3\n", -EBADMSG, 0 },
	{ HEAD "daemon 4294967296 3\n", -EBADMSG, 0 },
	{ HEAD "daemon 812 18446744073709551616\n", -EBADMSG, 0 },
	{ HEAD "claim 4-7 isolated performance 1 /machine\n", 0, JOURNAL_TAKING },
	{ HEAD "claim 4-7 shared - - -\n", 0, JOURNAL_TAKING },
	{ HEAD "claim 4-7 isolated performance 1\n", -EBADMSG, 0 },
	{ HEAD "claim 4-7 isolated performance 1 /a b\n", -EBADMSG, 0 },
	{ HEAD "claim 4-7 isolated performance 1 /%0\n", -EBADMSG, 0 },
	{ HEAD "claim 4-7 isolated performance 1 /" A64 A64 A64 A64 "\n", -EBADMSG, 0 },
	{ HEAD "claim - isolated - - -\n", -EBADMSG, 0 },
	{ HEAD "claim 4-7 alone - - -\n", -EBADMSG, 0 },
	{ HEAD "claim 4-7 isolated - x -\n", -EBADMSG, 0 },
	{ HEAD "claim 4-7 isolated a2345678901234567 - -\n", -EBADMSG, 0 },
	{ HEAD "claim 4 shared - - -\nclaim 5 shared - - -\n", -EBADMSG, 0 },
	{ HEAD "needs node1/hugepages/hugepages-2048kB 512 64\n", 0, JOURNAL_TAKING },
	{ HEAD "needs node1/hugepages/hugepages-2048kB 512\n", -EBADMSG, 0 },
	{ HEAD "needs node1/hugepages/hugepages-2048kB 512 -1\n", -EBADMSG, 0 },
	{ HEAD "needs node1/hugepages/hugepages-2048kB x 64\n", -EBADMSG, 0 },
	{ HEAD "needs node1 512 64\n", -EBADMSG, 0 },
	{ HEAD "taken 0000:01:00.0 14\n", -EBADMSG, 0 },
	{ HEAD "taken 0000:01:00.8 14 named\n", -EBADMSG, 0 },
	{ HEAD "taken 0000:01:00.0 14 named 18446744073709551615\n", 0, JOURNAL_TAKING },
	{ HEAD "taken 0000:01:00.0 14 named 18446744073709551616\n", -EBADMSG, 0 },
	{ HEAD "taken 0000:01:00.0 14 named -1\n", -EBADMSG, 0 },
	{ HEAD "taken 0000:01:00.0 14 named 1 2\n", -EBADMSG, 0 },
	{ HEAD "taken 0000:01:00.0 -1 named\n", -EBADMSG, 0 },
	{ HEAD "taken 0000:01:00.0 14 stolen\n", -EBADMSG, 0 },
	{ HEAD "change bind 0000:01:00.0 -\n", -EBADMSG, 0 },
	{ HEAD "change bind 0000:01:00.0 - a b\n", -EBADMSG, 0 },
	{ HEAD "change bend 0000:01:00.0 - a\n", -EBADMSG, 0 },
	{ HEAD "change bind 0000:01:00 - a\n", -EBADMSG, 0 },
	{ HEAD "change  bind 0000:01:00.0 - a\n", -EBADMSG, 0 },
	{ HEAD "change stop 0000:00:00.0 " A64 A64 A64 A64 " -\n", -EBADMSG, 0 },
	{ HEAD "poisoned 0000:01:00.0 vm\nwriter 951 3327\nbegun unbind 0000:01:00.0\n", 0, JOURNAL_TAKING },
	{ HEAD "poisoned 0000:01:00.0\n", -EBADMSG, 0 },
	{ HEAD "writer 951\n", -EBADMSG, 0 },
	{ HEAD "writer 4294967296 3\n", -EBADMSG, 0 },
	{ HEAD "begun unbind\n", -EBADMSG, 0 },
	{ HEAD "begun unbend 0000:01:00.0\n", -EBADMSG, 0 },
	{ HEAD "begun unbind 0000:01:00.0 nvidia\n", -EBADMSG, 0 },
	{ HEAD "held now\n", -EBADMSG, 0 },
	{ HEAD "returning 1\n", -EBADMSG, 0 },
	{ HEAD "Held\n", -EBADMSG, 0 },
	{ HEAD "change bind 0000:01:00.0 - vfio-pci\nhe", 0, JOURNAL_TAKING },
	{ HEAD "held\nvanished 0000:01:00.0\n", 0, JOURNAL_HELD },
	{ HEAD "vanished\n", -EBADMSG, 0 },
	{ HEAD "vanished 0000:01:00\n", -EBADMSG, 0 },
	{ HEAD "vanished 0000:01:00.0 0000:01:00.1\n", -EBADMSG, 0 },
};

START_TEST(test_text)
{
	ck_assert_int_eq(journal_parse(texts[_i].text, strlen(texts[_i].text), &again), texts[_i].expected);
	if (texts[_i].expected == 0)
		ck_assert_int_eq(again.state, texts[_i].state);
}
END_TEST

/* Of a function that has vanished nothing is left, of the others and of the host everything is. */
START_TEST(test_vanished)
{
	static const char *const ends[] = { "begun bind 0000:01:00.0\n", "begun bind 0000:01:00.1\n", "" };
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_add(&text,
		HEAD "domain " UUID " vm\ntaken 0000:01:00.0 14 named\ntaken 0000:01:00.1 15 named\n"
		     "change cpus 0000:01:00.0 - 4-7\nchange stop 0000:01:00.0 x.service -\n"
		     "change unbind 0000:01:00.1 snd -\nchange persistence 0000:01:00.0 1 0\n"
		     "change unbind 0000:01:00.0 nvidia -\nheld\n%svanished 0000:01:00.0\n",
		ends[_i]);
	ck_assert_int_eq(journal_parse(buffer, text.length, &again), 0);
	ck_assert_uint_eq(again.plan.n_taken, 1);
	ck_assert_int_eq(again.plan.taken[0].iommu_group, 15);
	ck_assert_uint_eq(again.plan.n_steps, 3);
	ck_assert_int_eq(again.plan.steps[0].kind, STEP_CPUS);
	ck_assert_int_eq(again.plan.steps[1].kind, STEP_STOP);
	ck_assert_int_eq(again.plan.steps[2].kind, STEP_UNBIND);
	ck_assert_str_eq(again.plan.steps[2].old, "snd");
	/* What was begun last: of the other function, or of the one that is gone. */
	ck_assert_int_eq(again.has_last, _i == 1);
}
END_TEST

/* More than a plan can be, and bytes that no text has. */
START_TEST(test_bounds)
{
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_add(&text, HEAD);
	for (unsigned int i = 0; i <= PLAN_FUNCTIONS_MAX; i++) {
		ck_assert_int_eq(journal_parse(buffer, text.length, &again), 0);
		text_add(&text, "taken %04x:01:00.0 14 named\n", i);
	}
	ck_assert_int_eq(journal_parse(buffer, text.length, &again), -EBADMSG);

	text_init(&text, buffer, sizeof(buffer));
	text_add(&text, HEAD);
	for (unsigned int i = 0; i < PLAN_STEPS_MAX; i++)
		text_add(&text, "change bind 0000:01:00.0 - vfio-pci\n");
	ck_assert_int_eq(journal_parse(buffer, text.length, &again), 0);
	text_add(&text, "change bind 0000:01:00.0 - vfio-pci\n");
	ck_assert_int_eq(journal_parse(buffer, text.length, &again), -EBADMSG);

	ck_assert_int_eq(journal_parse(HEAD "held\0\n", strlen(HEAD) + 6, &again), -EBADMSG);
}
END_TEST

/* A plan of every function that a plan can take, with the longest names, fits a journal, and can be read again. */
START_TEST(test_largest)
{
	int runtime, fd;

	machine_start(&machine, "haswell-gtx1070ti", MACHINE_SMALL);
	runtime = runtime_open(&machine.host, true);
	memset(&journal, 0, sizeof(journal));
	(void)snprintf(journal.owner, sizeof(journal.owner), UUID);
	memset(journal.name, 0xff, sizeof(journal.name) - 1);
	journal.plan.n_taken = PLAN_FUNCTIONS_MAX;
	journal.plan.has_claim = true;
	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu += 2) {
		cpuset_add(&journal.plan.claim.cpus, cpu);
		cpuset_add(&journal.plan.claim.nodes, cpu);
	}
	memset(journal.plan.claim.partition, 0xff, sizeof(journal.plan.claim.partition) - 1);
	for (unsigned int i = 0; i < PLAN_FUNCTIONS_MAX; i++)
		journal.plan.taken[i] = (struct taken){ .address = { 0xffffffff, (uint8_t)i, 31, 7 },
			.iommu_group = INT32_MAX,
			.forgotten = true,
			.identity = UINT64_MAX };
	fd = journal_create(runtime, &journal);
	ck_assert_int_ge(fd, 0);
	for (unsigned int i = 0; i < PLAN_STEPS_MAX; i++) {
		struct step step = { .kind = STEP_OVERRIDE, .target = { 0xffffffff, 255, 31, 7 } };

		memset(step.old, '%', sizeof(step.old) - 1);
		memset(step.new, '\n', sizeof(step.new) - 1);
		ck_assert_int_eq(journal_append(fd, &step), 0);
	}
	ck_assert_int_eq(journal_mark(fd, JOURNAL_HELD), 0);
	close(fd);
	ck_assert_int_eq(journal_read(runtime, UUID, buffer, &again), 0);
	ck_assert_uint_eq(again.plan.n_steps, PLAN_STEPS_MAX);
	ck_assert_int_eq(again.state, JOURNAL_HELD);
	ck_assert_str_eq(again.name, journal.name);
	ck_assert_str_eq(again.plan.claim.partition, journal.plan.claim.partition);
	ck_assert_int_eq(journal_create(runtime, &journal), -EEXIST);
	ck_assert_int_eq(journal_remove(runtime, UUID), 0);
	ck_assert_int_eq(journal_read(runtime, UUID, buffer, &again), -ENOENT);
	close(runtime);
	machine_stop(&machine);
}
END_TEST

/* What follows a line that could be written in half only must not be read as its end. */
START_TEST(test_half)
{
	struct fault half = { .kind = FAULT_HALF, .scope = FAULT_FILE, .at = 1, .error = ENOSPC };
	int runtime, fd;

	machine_start(&machine, "haswell-gtx1070ti", MACHINE_SMALL);
	runtime = runtime_open(&machine.host, true);
	fill(&journal);
	fd = journal_create(runtime, &journal);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(journal_append(fd, &journal.plan.steps[1]), 0);
	fault_arm(&half);
	ck_assert_int_eq(journal_append(fd, &journal.plan.steps[2]), -ENOSPC);
	fault_disarm(0);
	ck_assert_int_eq(journal_mark(fd, JOURNAL_RETURNING), 0);
	ck_assert_int_eq(journal_read(runtime, UUID, buffer, &again), 0);
	ck_assert_int_eq(again.state, JOURNAL_RETURNING);
	ck_assert_uint_eq(again.plan.n_steps, 1);
	close(fd);
	close(runtime);
	machine_stop(&machine);
}
END_TEST

TCase *case_journal(void)
{
	TCase *tcase = suite_case("journal");

	tcase_add_loop_test(tcase, test_golden, 0, 2);
	tcase_add_test(tcase, test_command);
	tcase_add_test(tcase, test_resources);
	tcase_add_test(tcase, test_beginnings);
	add_rows(tcase, test_text, texts);
	tcase_add_loop_test(tcase, test_vanished, 0, 3);
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_largest);
	tcase_add_test(tcase, test_half);
	return tcase;
}
