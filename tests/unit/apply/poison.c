// SPDX-License-Identifier: GPL-2.0-or-later
/* A driver that does not return: the function is poisoned and let alone, everything else goes on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define HOST   "rocketlake-i7-11700-rtx2060"
#define OTHERS "x570-3900x-gtx1080ti-gt710"
#define GPU    "0000:02:00.0"
#define WRITER 951
#define RECORD "gpu-handoff/poisoned/" GPU ".journal"

static char *before;
static const struct domain *card; /* the one of GPU */

static void start(void)
{
	machine_start(&machine, HOST, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	before = machine_snapshot(&machine);
	card = &machine.cards[1];
	ck_assert_str_eq(address_text(card->hostdevs[0]).s, GPU);
	machine.kernel.writer = WRITER;
	machine_put_process(&machine, WRITER, "handoff-writer", 3327);
}

static void stop(void)
{
	free(before);
	machine_stop(&machine);
}

static void stick(const char *file)
{
	machine.kernel.stuck_file = file;
	(void)snprintf(machine.kernel.stuck, sizeof(machine.kernel.stuck), GPU);
}

/* The driver returns, without effect on the device, and who asked it ends. */
static void let_go(void)
{
	machine.kernel.stuck[0] = '\0';
	machine.kernel.locked = false;
	remove_all(machine.scratch.fd, "proc/951");
}

static void expect_record(bool there)
{
	char *text = get_text(machine.host.run, RECORD);

	ck_assert_int_eq(text != NULL, there);
	free(text);
}

/* What a function other than GPU is bound to. */
static void expect_others_home(void)
{
	struct domain others = *card;

	others.n_hostdevs--;
	memmove(others.hostdevs, others.hostdevs + 1, others.n_hostdevs * sizeof(others.hostdevs[0]));
	ck_assert(!machine_has(&machine, &others, "vfio-pci"));
	ck_assert_uint_gt(others.n_hostdevs, 0);
	for (unsigned int i = 0; i < others.n_hostdevs; i++) {
		struct domain one = machine_domain("x", 9, (const char *const[]){ NULL });

		one.n_hostdevs = 1;
		one.hostdevs[0] = others.hostdevs[i];
		ck_assert_msg(!machine_has(&machine, &one, "vfio-pci"), "%s", address_text(one.hostdevs[0]).s);
	}
}

static const char *const files[] = { "/unbind", "/driver_override", "/bind" };

/* Taking: refused with the sentence, the rest back, no journal of the domain; and refused at once the next time. */
START_TEST(test_take)
{
	stick(files[_i]);
	ck_assert_int_eq(handover_take(machine.handover, card, 0, &machine.refusal), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	ck_assert_msg(strstr(machine.refusal.sentence, GPU) && strstr(machine.refusal.sentence, "reboot"), "%s",
		machine.refusal.sentence);
	expect_record(true);
	expect_others_home();
	ck_assert_ptr_null(machine_journal(&machine, card->uuid));
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);

	fault_disarm(FAULT_KERNEL);
	ck_assert_int_eq(handover_take(machine.handover, card, 0, &machine.refusal), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	ck_assert_uint_eq(fault_count(), 0);
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);

	/* While who asked is at it, nothing is recovered; then everything is. */
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 0);
	ck_assert(strstr(machine.notes, "has not let go") != NULL);
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
	let_go();
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	loop_check(before, files[_i], card, 0);
	expect_record(false);
}
END_TEST

/* Returning: the same, and the domain that had it can be started with another card. */
START_TEST(test_return)
{
	static const char *const returning[] = { "vfio-pci/unbind", "/driver_override", "nvidia/bind" };

	ck_assert_int_eq(handover_take(machine.handover, card, 0, &machine.refusal), 0);
	stick(returning[_i]);
	ck_assert_int_eq(handover_return(machine.handover, card->uuid, &machine.refusal), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	expect_record(true);
	expect_others_home();
	ck_assert_ptr_null(machine_journal(&machine, card->uuid));
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
	ck_assert_int_eq(handover_return(machine.handover, card->uuid, &machine.refusal), 0);
	let_go();
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	loop_check(before, returning[_i], card, 0);
}
END_TEST

/* A driver that sticks again when its function is put back keeps the record. */
START_TEST(test_again)
{
	stick("/unbind");
	ck_assert_int_eq(handover_take(machine.handover, card, 0, &machine.refusal), -ECANCELED);
	let_go();
	machine_put_process(&machine, WRITER, "handoff-writer", 3328);
	stick("/driver_override");
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	expect_record(true);
	let_go();
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	loop_check(before, "again", card, 0);
}
END_TEST

/* The hook was killed while its driver did not return: whoever comes next finds who asked, and asks nothing more. */
START_TEST(test_killed)
{
	char *journal;

	stick("/unbind");
	fault_arm(&(struct fault){ .kind = FAULT_NONE, .scope = FAULT_KERNEL });
	ck_assert_int_eq(handover_take(machine.handover, card, 0, &machine.refusal), -ECANCELED);
	/* As if it had died in the write: its journal, and no record. */
	journal = get_text(machine.host.run, RECORD);
	ck_assert_ptr_nonnull(journal);
	remove_all(machine.host.run, "gpu-handoff/poisoned");
	put_text(machine.host.run, "gpu-handoff/4dea22b3-1d52-d8f3-2516-000000000001.journal",
		"gpu-handoff 1\ndomain 4dea22b3-1d52-d8f3-2516-000000000001 gpuvm\n%s",
		strstr(strstr(journal, "poisoned"), "\n") + 1);
	free(journal);
	machine.kernel.writer = 952;
	machine_put_process(&machine, 952, "handoff-writer", 4000);
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	expect_record(true);
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
	ck_assert_int_eq(handover_take(machine.handover, card, 0, &machine.refusal), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	let_go();
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	loop_check(before, "killed", card, 0);
}
END_TEST

/* The other card is none of its business. */
START_TEST(test_other_card)
{
	struct domain other;

	machine_stop(&machine);
	free(before);
	machine_start(&machine, OTHERS, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	before = machine_snapshot(&machine);
	ck_assert_uint_ge(machine.n_cards, 2);
	machine.kernel.writer = WRITER;
	machine_put_process(&machine, WRITER, "handoff-writer", 3327);
	machine.kernel.stuck_file = "/unbind";
	(void)snprintf(
		machine.kernel.stuck, sizeof(machine.kernel.stuck), "%s", address_text(machine.cards[0].hostdevs[0]).s);
	ck_assert_int_eq(handover_take(machine.handover, &machine.cards[0], 0, &machine.refusal), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	/* The same domain, edited to name the other one, and another domain. */
	other = machine.cards[1];
	memcpy(other.uuid, machine.cards[0].uuid, sizeof(other.uuid));
	ck_assert_int_eq(handover_take(machine.handover, &other, 0, &machine.refusal), 0);
	ck_assert(machine_has(&machine, &other, "vfio-pci"));
	ck_assert_int_eq(handover_return(machine.handover, other.uuid, &machine.refusal), 0);
	ck_assert_int_eq(handover_take(machine.handover, &machine.cards[1], 0, &machine.refusal), 0);
	ck_assert_int_eq(handover_return(machine.handover, machine.cards[1].uuid, &machine.refusal), 0);
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
	let_go();
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	loop_check(before, "other card", &machine.cards[0], 0);
}
END_TEST

static int take(void)
{
	return handover_take(machine.handover, card, 0, &machine.refusal);
}

static void replace(void)
{
	fake_kernel_unplug(&machine.host, card->hostdevs[0]);
	fake_kernel_plug(&machine.host, card->hostdevs[0], "\n");
}

/*
 * Another one has come to its address, and nobody has told of the first one's end: it is taken, and comes back from
 * where the record has its own steps. The record stays as long as who asked.
 */
START_TEST(test_replaced)
{
	char *plugged, *after;

	stick("/unbind");
	ck_assert_int_eq(take(), -ECANCELED);
	machine.kernel.stuck[0] = '\0';
	replace();
	plugged = machine_snapshot(&machine);
	ck_assert_msg(take() == 0, "%s", machine.refusal.sentence);
	ck_assert(machine_has(&machine, card, "vfio-pci"));
	expect_record(true);
	ck_assert_int_eq(handover_return(machine.handover, card->uuid, &machine.refusal), 0);
	after = machine_snapshot(&machine);
	ck_assert_ptr_null(snapshot_compare(plugged, after, NULL));
	free(after);
	let_go();
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	expect_record(false);
	loop_check(plugged, "recovered", card, 0);
	free(plugged);
}
END_TEST

/* The later one's driver sticks as well: now it is that one which nobody touches. */
START_TEST(test_replaced_again)
{
	stick("/unbind");
	ck_assert_int_eq(take(), -ECANCELED);
	let_go();
	replace();
	machine_put_process(&machine, WRITER, "handoff-writer", 3328);
	stick("/unbind");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(take(), -ECANCELED);
		ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	}
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
	expect_record(true);
}
END_TEST

static void meddle(void *data)
{
	(void)data;
	replace();
}

/* It is replaced while its hook is at work: what is stuck may be the one or the other, so both count. */
START_TEST(test_replaced_meanwhile)
{
	struct fault fault = { .kind = FAULT_MEDDLE, .scope = FAULT_KERNEL, .at = 1, .meddle = meddle };

	stick("/unbind");
	fault_arm(&fault);
	ck_assert_int_eq(take(), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	fault_disarm(0);
	ck_assert_int_eq(take(), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
}
END_TEST

/* What is left of the line about it: an identity, none, a line about another function, and no journal. */
static const char *const records[] = { NULL, "taken " GPU " 14 named\n", "taken 0000:03:00.0 14 named 1\n", "x\n" };

/* A record that does not tell which one it is about is about any. */
START_TEST(test_unknown)
{
	char *record, *line;

	stick("/unbind");
	ck_assert_int_eq(take(), -ECANCELED);
	machine.kernel.stuck[0] = '\0';
	record = get_text(machine.host.run, RECORD);
	line = strstr(record, "taken ");
	ck_assert_ptr_nonnull(line);
	if (records[_i]) {
		*line = '\0';
		put_text(machine.host.run, RECORD, "%s%s%s", record, records[_i], strchr(line + 1, '\n') + 1);
	}
	free(record);
	replace();
	ck_assert_int_eq(take(), records[_i] ? -ECANCELED : 0);
	if (records[_i])
		ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
}
END_TEST

TCase *case_poison(void)
{
	TCase *tcase = suite_case("poison");

	tcase_add_checked_fixture(tcase, start, stop);
	add_rows(tcase, test_take, files);
	tcase_add_loop_test(tcase, test_return, 0, 3);
	tcase_add_test(tcase, test_again);
	tcase_add_test(tcase, test_killed);
	tcase_add_test(tcase, test_other_card);
	tcase_add_test(tcase, test_replaced);
	tcase_add_test(tcase, test_replaced_again);
	tcase_add_test(tcase, test_replaced_meanwhile);
	add_rows(tcase, test_unknown, records);
	return tcase;
}
