// SPDX-License-Identifier: GPL-2.0-or-later
/* Device nodes of the host's driver, which udev makes after the function is bound: they are waited for. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define HOST   "rocketlake-i7-11700-rtx2060"
#define GPU    "0000:02:00.0"
#define RECORD "udev/data/+pci:" GPU
#define NEVER  1000000

static char *before;
static const struct domain *card;

/* When, counted in looks, each thing that udev does is done; 0 for before the return. */
static struct {
	unsigned int node, record, function, idle;
} when;
static unsigned int n_looks;

/* A file is replaced as udev does it. */
static void replace_record(void)
{
	put_text(machine.host.run, RECORD ".new", "I:1\n");
	ck_assert_int_eq(renameat(machine.host.run, RECORD ".new", machine.host.run, RECORD), 0);
}

static void look(unsigned int n)
{
	n_looks = n;
	if (n == when.node)
		put_text(machine.scratch.fd, "dev/char/226:0", "%s", "");
	if (n == when.record)
		put_text(machine.host.run, "udev/data/c226:0", "%s", "");
	if (n == when.function)
		replace_record();
	if (n == when.idle)
		remove_all(machine.host.run, "udev/queue");
}

static void start(void)
{
	machine_start(&machine, HOST, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	card = &machine.cards[1];
	ck_assert_str_eq(address_text(card->hostdevs[0]).s, GPU);
	machine_put_node(&machine, GPU, "drm/card0", "drm", "226:0");
	before = machine_snapshot(&machine);
	put_directory(machine.scratch.fd, "dev");
	machine.host.dev = openat(machine.scratch.fd, "dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	put_text(machine.host.run, "udev/control", "%s", "");
	put_text(machine.host.run, "udev/queue", "%s", "");
	put_text(machine.host.run, RECORD, "I:1\n");
	ck_assert_int_eq(handover_take(machine.handover, card, 0, &machine.refusal), 0);
	memset(&when, 0, sizeof(when));
	n_looks = 0;
	fault_meanwhile = look;
}

static void stop(void)
{
	fault_meanwhile = NULL;
	loop_check(before, "the end", card, 0);
	free(before);
	machine_stop(&machine);
}

static const unsigned int last[][4] = { { 9, 2, 3, 4 }, { 2, 9, 3, 4 }, { 2, 3, 9, 4 }, { 2, 3, 4, 9 },
	{ 1, 1, 1, 1 } };

/* Each of the four in turn is the last, and what is waited for. */
START_TEST(test_waits)
{
	unsigned int expected = 0;

	memcpy(&when, last[_i], sizeof(when));
	for (int i = 0; i < 4; i++)
		expected = last[_i][i] > expected ? last[_i][i] : expected;
	ck_assert_int_eq(loop_call(CALL_RETURN, card), 0);
	ck_assert_uint_eq(n_looks, expected);
	ck_assert_str_eq(machine.notes, "");
}
END_TEST

static const struct {
	unsigned int when[4];
	const char *part;
} never[] = {
	{ { NEVER, 1, 1, 1 },
		"gpuvm: '" GPU
		"' is with its driver, but udev has not finished with its device '/dev/dri/card0' in 10" },
	{ { 1, NEVER, 1, 1 }, "device '/dev/dri/card0'" },
	{ { 1, 1, NEVER, 1 }, "with its events" },
	{ { 1, 1, 1, NEVER }, "with its events" },
};

/* It never comes: that is told, and the return is no failure. */
START_TEST(test_never)
{
	memcpy(&when, never[_i].when, sizeof(when));
	fault_patience_ms = 60;
	ck_assert_int_eq(loop_call(CALL_RETURN, card), 0);
	ck_assert_msg(strstr(machine.notes, never[_i].part) != NULL, "%s", machine.notes);
	ck_assert_uint_gt(n_looks, 1);
}
END_TEST

/* Where udevd does not run, nobody is waited for. */
START_TEST(test_no_udev)
{
	remove_all(machine.host.run, "udev/control");
	ck_assert_int_eq(loop_call(CALL_RETURN, card), 0);
	/* The lock alone. */
	ck_assert_uint_eq(n_looks, 1);
	ck_assert_str_eq(machine.notes, "");
}
END_TEST

/* Of a function that udev keeps no record of, there is none to wait for. */
START_TEST(test_no_record)
{
	remove_all(machine.host.run, RECORD);
	when.node = when.record = when.idle = 3;
	when.function = NEVER;
	ck_assert_int_eq(loop_call(CALL_RETURN, card), 0);
	ck_assert_uint_eq(n_looks, 3);
}
END_TEST

/* A function that its driver has not let go of keeps nobody waiting, and is not asked for anything. */
START_TEST(test_poisoned)
{
	when.node = when.record = when.function = NEVER;
	when.idle = 2;
	machine.kernel.writer = 951;
	machine_put_process(&machine, 951, "handoff-writer", 3327);
	machine.kernel.stuck_file = "nvidia/bind";
	(void)snprintf(machine.kernel.stuck, sizeof(machine.kernel.stuck), GPU);
	ck_assert_int_eq(loop_call(CALL_RETURN, card), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	ck_assert_uint_eq(n_looks, 2);
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
	/* Its driver returns. */
	machine.kernel.stuck[0] = '\0';
	remove_all(machine.scratch.fd, "proc/951");
	when.node = when.record = when.function = 4;
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	ck_assert_uint_eq(n_looks, 4);
}
END_TEST

/* It vanishes while its nodes are waited for. */
static void pull(unsigned int n)
{
	struct address address;

	n_looks = n;
	ck_assert_int_eq(address_parse(GPU, &address), 0);
	if (n == 3) {
		fake_kernel_unplug(&machine.host, address);
		remove_all(machine.host.run, "udev/queue");
	}
}

START_TEST(test_vanished)
{
	fault_meanwhile = pull;
	ck_assert_int_eq(loop_call(CALL_RETURN, card), 1);
	ck_assert_uint_eq(n_looks, 3);
	free(before);
	before = machine_snapshot(&machine);
}
END_TEST

TCase *case_arrivals(void)
{
	TCase *tcase = suite_case("arrivals");

	tcase_add_checked_fixture(tcase, start, stop);
	add_rows(tcase, test_waits, last);
	add_rows(tcase, test_never, never);
	tcase_add_test(tcase, test_no_udev);
	tcase_add_test(tcase, test_no_record);
	tcase_add_test(tcase, test_poisoned);
	tcase_add_test(tcase, test_vanished);
	return tcase;
}
