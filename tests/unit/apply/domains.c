// SPDX-License-Identifier: GPL-2.0-or-later
/* Domains beside each other, siblings that one forgot, people who detach, and others who change things meanwhile. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

/* Two cards of four and two functions, in groups of their own; and a group that two cards share. */
#define TWO_CARDS "x570-3900x-gtx1080ti-gt710"
#define FOUR      "rocketlake-i7-11700-rtx2060"

static char *before;

static void start(const char *record)
{
	machine_start(&machine, record, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	before = machine_snapshot(&machine);
}

static void stop(void)
{
	loop_check(before, "the end", &machine.cards[0], 0);
	free(before);
	machine_stop(&machine);
}

static void check_refused(int r, enum refusal_reason reason, const char *part)
{
	ck_assert_int_eq(r, -ECANCELED);
	ck_assert_str_eq(refusal_reason_name(machine.refusal.reason), refusal_reason_name(reason));
	ck_assert_msg(
		strstr(machine.refusal.sentence, part) != NULL, "'%s' lacks '%s'", machine.refusal.sentence, part);
}

START_TEST(test_two_domains)
{
	const struct domain *one = &machine.cards[0], *two = &machine.cards[1];

	start(TWO_CARDS);
	machine_put_process(&machine, 812, "libvirtd", 2214);
	ck_assert_int_eq(handover_take(machine.handover, one, 812, &machine.refusal), 0);
	ck_assert_int_eq(handover_take(machine.handover, two, 812, &machine.refusal), 0);
	ck_assert(machine_has(&machine, one, "vfio-pci") && machine_has(&machine, two, "vfio-pci"));
	ck_assert_int_eq(loop_call(CALL_RETURN, one), 0);
	ck_assert(!machine_has(&machine, one, "vfio-pci") && machine_has(&machine, two, "vfio-pci"));
	ck_assert_int_eq(loop_call(CALL_RETURN, two), 0);
	stop();
}
END_TEST

/* The second wants the card of the first, which runs: it is refused by name, and the first keeps it. */
START_TEST(test_same_card)
{
	struct domain second;

	start(TWO_CARDS);
	second = machine.cards[0];
	(void)snprintf(second.name, sizeof(second.name), "second");
	(void)snprintf(second.uuid, sizeof(second.uuid), "%s", machine.cards[1].uuid);
	machine_put_process(&machine, 812, "libvirtd", 2214);
	ck_assert_int_eq(handover_take(machine.handover, &machine.cards[0], 812, &machine.refusal), 0);
	check_refused(loop_call(CALL_TAKE, &second), REFUSAL_TAKEN, "'gpuvm'");
	/* libvirt calls release for it all the same. */
	ck_assert_int_eq(loop_call(CALL_RETURN, &second), 0);
	ck_assert(machine_has(&machine, &machine.cards[0], "vfio-pci"));
	ck_assert_int_eq(loop_call(CALL_RETURN, &machine.cards[0]), 0);
	stop();
}
END_TEST

/* The domain names one function; those of the same slot and group go along, are told of, and come back. */
START_TEST(test_forgotten)
{
	struct domain one;

	start(FOUR);
	one = machine_domain("one", 7, (const char *const[]){ "0000:02:00.2", NULL });
	ck_assert_int_eq(loop_call(CALL_TAKE, &one), 0);
	ck_assert(machine_has(&machine, &machine.cards[1], "vfio-pci"));
	ck_assert_ptr_nonnull(strstr(machine.notes, "one: '0000:02:00.0' is not in the domain"));
	ck_assert_ptr_null(strstr(machine.notes, "'0000:02:00.2'"));
	ck_assert_int_eq(loop_call(CALL_RETURN, &one), 0);
	stop();
}
END_TEST

START_TEST(test_detach)
{
	struct domain card;
	struct address address;

	start(FOUR);
	ck_assert_int_eq(address_parse("0000:02:00.3", &address), 0);
	ck_assert_int_eq(handover_find_card(machine.handover, address, &card, &machine.refusal), 0);
	ck_assert_uint_eq(card.n_hostdevs, 4);
	check_refused(handover_reattach(machine.handover, address, &machine.refusal), REFUSAL_ABSENT, "not detached");
	ck_assert_int_eq(handover_detach(machine.handover, &card, &machine.refusal), 0);
	ck_assert(machine_has(&machine, &card, "vfio-pci"));
	check_refused(handover_detach(machine.handover, &card, &machine.refusal), REFUSAL_TAKEN, "detached already");
	/* It is theirs: neither recovery nor a domain that comes and goes returns it. */
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 0);
	ck_assert_ptr_nonnull(strstr(machine.notes, "detached on purpose"));
	ck_assert_int_eq(loop_call(CALL_TAKE, &machine.cards[1]), 0);
	ck_assert_int_eq(loop_call(CALL_RETURN, &machine.cards[1]), 0);
	ck_assert(machine_has(&machine, &card, "vfio-pci"));
	ck_assert_int_eq(handover_reattach(machine.handover, address, &machine.refusal), 0);
	stop();
}
END_TEST

/* A person does not detach what a domain has, and does not take back what a domain uses. */
START_TEST(test_detach_taken)
{
	const struct domain *domain = &machine.cards[1];
	struct domain card;

	start(FOUR);
	ck_assert_int_eq(handover_find_card(machine.handover, domain->hostdevs[0], &card, &machine.refusal), 0);
	machine_put_process(&machine, 812, "libvirtd", 2214);
	ck_assert_int_eq(handover_take(machine.handover, domain, 812, &machine.refusal), 0);
	check_refused(handover_detach(machine.handover, &card, &machine.refusal), REFUSAL_TAKEN, "'gpuvm'");
	ck_assert_int_eq(loop_call(CALL_RETURN, domain), 0);

	ck_assert_int_eq(handover_detach(machine.handover, &card, &machine.refusal), 0);
	ck_assert_int_eq(handover_take(machine.handover, domain, 812, &machine.refusal), 0);
	/* The domain has begun to start; QEMU has not opened the group yet. */
	check_refused(
		handover_reattach(machine.handover, card.hostdevs[0], &machine.refusal), REFUSAL_TAKEN, "'gpuvm'");
	ck_assert(machine_has(&machine, &card, "vfio-pci"));
	ck_assert_int_eq(loop_call(CALL_RETURN, domain), 0);
	ck_assert_int_eq(handover_reattach(machine.handover, card.hostdevs[0], &machine.refusal), 0);
	stop();
}
END_TEST

/* What somebody else does to the card while a domain has it. */
static const struct meddling {
	const char *name, *path, *value, *reads, *expected;
} meddlings[] = {
	{ "override", "bus/pci/devices/0000:02:00.0/driver_override", "nouveau",
		"sys/bus/pci/devices/0000:02:00.0/driver_override", "nouveau\n" },
	{ "d3cold stays", "bus/pci/devices/0000:02:00.1/d3cold_allowed", "1",
		"sys/bus/pci/devices/0000:02:00.1/d3cold_allowed", "1\n" },
	{ "unbound", "bus/pci/drivers/vfio-pci/unbind", "0000:02:00.2",
		"sys/bus/pci/devices/0000:02:00.2/power/control", "on\n" },
};

START_TEST(test_meddling)
{
	const struct meddling *m = &meddlings[_i];
	char *text;
	int r;

	start(FOUR);
	ck_assert_int_eq(loop_call(CALL_TAKE, &machine.cards[1]), 0);
	ck_assert_int_eq(fake_kernel_write(&machine.host, m->path, m->value), 0);
	r = loop_call(CALL_RETURN, &machine.cards[1]);
	ck_assert_msg(r == 0 || r == 1 || r == -ECANCELED, "%d", r);
	text = get_text(machine.scratch.fd, m->reads);
	ck_assert_str_eq(text, m->expected);
	free(text);
	if (_i == 0) {
		/* Left alone, and said so; the driver that it forbids could not be bound. */
		ck_assert_int_ne(r, 0);
		ck_assert_uint_gt(machine.n_failed, 0);
		ck_assert_int_eq(fake_kernel_write(&machine.host, m->path, "\n"), 0);
		ck_assert_int_ge(loop_call(CALL_RETURN, &machine.cards[1]), 0);
	} else {
		ck_assert_int_eq(r, 0);
	}
	stop();
}
END_TEST

/* Between two of our steps: each step of the take in turn meets an override that somebody else just wrote. */
static void write_override(void *data)
{
	(void)fake_kernel_write(data, "bus/pci/devices/0000:02:00.0/driver_override", "nouveau");
}

START_TEST(test_between)
{
	unsigned int n, n_left = 0;
	char *text;

	start(FOUR);
	n = loop_count(CALL_TAKE, &machine.cards[1], FAULT_KERNEL);
	for (unsigned int at = 1; at <= n; at++) {
		struct fault fault = {
			.kind = FAULT_MEDDLE,
			.scope = FAULT_KERNEL,
			.at = at,
			.meddle = write_override,
			.data = &machine.host,
		};
		int r;

		fault_arm(&fault);
		r = loop_call(CALL_TAKE, &machine.cards[1]);
		fault_disarm(0);
		if (r == 0)
			r = loop_call(CALL_RETURN, &machine.cards[1]);
		/* A refusal after something was left alone does not say that everything is back. */
		else if (strstr(machine.refusal.sentence, "what nobody else had changed was put back"))
			n_left++;
		/* Ours is not theirs: what they wrote before we look stays. */
		text = get_text(machine.scratch.fd, "sys/bus/pci/devices/0000:02:00.0/driver_override");
		ck_assert_msg(strcmp(text, "nouveau\n") == 0 || strcmp(text, "(null)\n") == 0, "%s", text);
		free(text);
		ck_assert_int_eq(
			fake_kernel_write(&machine.host, "bus/pci/devices/0000:02:00.0/driver_override", "\n"), 0);
		ck_assert_msg(loop_call(CALL_RETURN, &machine.cards[1]) >= 0, "%s", machine.refusal.sentence);
		(void)fake_kernel_write(&machine.host, "bus/pci/drivers/nvidia/bind", "0000:02:00.0");
		loop_check(before, "meddling", &machine.cards[1], at);
	}
	ck_assert_uint_gt(n_left, 0);
	stop();
}
END_TEST

/* A function is pulled out before each step of the take in turn: refused, and the others come back. */
static void unplug(void *data)
{
	struct address address;

	(void)address_parse("0000:02:00.1", &address);
	fake_kernel_unplug(data, address);
}

START_TEST(test_unplugged)
{
	struct fault fault = { .kind = FAULT_MEDDLE, .scope = FAULT_KERNEL, .meddle = unplug, .data = &machine.host };
	unsigned int n;
	char *after;
	const char *difference;
	int r;

	start(FOUR);
	n = loop_count(CALL_TAKE, &machine.cards[1], FAULT_KERNEL);
	ck_assert_int_ge((int)n, _i);
	fault.at = (unsigned int)_i;
	fault_arm(&fault);
	r = loop_call(CALL_TAKE, &machine.cards[1]);
	fault_disarm(0);
	if (r == 0)
		r = loop_call(CALL_RETURN, &machine.cards[1]);
	ck_assert_msg(r == -ECANCELED || r == 1, "%d", r);
	after = machine_snapshot(&machine);
	free(before);
	machine_stop(&machine);

	start(FOUR);
	unplug(&machine.host);
	free(before);
	before = machine_snapshot(&machine);
	difference = snapshot_compare(before, after, NULL);
	ck_assert_msg(!difference, "at %d: %s", _i, difference);
	free(after);
	stop();
}
END_TEST

TCase *case_domains(void)
{
	TCase *tcase = suite_case("domains");

	tcase_add_test(tcase, test_two_domains);
	tcase_add_test(tcase, test_same_card);
	tcase_add_test(tcase, test_forgotten);
	tcase_add_test(tcase, test_detach);
	tcase_add_test(tcase, test_detach_taken);
	add_rows(tcase, test_meddling, meddlings);
	tcase_add_test(tcase, test_between);
	tcase_add_loop_test(tcase, test_unplugged, 1, 16);
	return tcase;
}
