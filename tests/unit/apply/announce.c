// SPDX-License-Identifier: GPL-2.0-or-later
/* udev is asked to look again at a function whose state has changed while its driver has not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/inventory.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define HOST "rocketlake-i7-11700-rtx2060"

static const struct domain *card; /* of four functions */
static struct kernel table;
static int (*real_write)(const struct host *host, const char *path, const char *value, int deadline_ms);
static char announced[1024]; /* function and what is below it, and whether there was a journal then */
static int answer;

static int note_change(const struct host *host, const char *path, const char *value, int deadline_ms)
{
	static const char devices[] = "bus/pci/devices/0000:02:00.";
	size_t length = strlen(path), have = strlen(announced);
	char *journal;

	if (length < strlen("/uevent") || strcmp(path + length - strlen("/uevent"), "/uevent") != 0)
		return real_write(host, path, value, deadline_ms);
	ck_assert_str_eq(value, "change");
	ck_assert_int_eq(strncmp(path, devices, strlen(devices)), 0);
	journal = machine_journal(&machine, card->uuid);
	(void)snprintf(announced + have, sizeof(announced) - have, "%.*s%s ",
		(int)(length - strlen(devices) - strlen("/uevent")), path + strlen(devices), journal ? "" : "!");
	free(journal);
	return answer;
}

static void start(void)
{
	machine_start(&machine, HOST, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	card = &machine.cards[1];
	ck_assert_uint_eq(card->n_hostdevs, 4);
	table = *machine.host.kernel;
	real_write = table.write;
	table.write = note_change;
	machine.host.kernel = &table;
	answer = 0;
}

static void stop(void)
{
	machine_stop(&machine);
}

static void unbind(unsigned int i)
{
	const struct address_text address = address_text(card->hostdevs[i]);
	struct function function;
	char path[128];

	ck_assert_int_eq(function_probe(&machine.host, card->hostdevs[i], &function), 0);
	(void)snprintf(path, sizeof(path), "bus/pci/drivers/%s/unbind", function.driver);
	ck_assert_int_eq(fake_kernel_write(&machine.host, path, address.s), 0);
}

/* As a reserved one from boot on. */
static void reserve(unsigned int i)
{
	char path[128];

	unbind(i);
	(void)snprintf(path, sizeof(path), "bus/pci/devices/%s/driver_override", address_text(card->hostdevs[i]).s);
	ck_assert_int_eq(fake_kernel_write(&machine.host, path, "vfio-pci"), 0);
	ck_assert_int_eq(
		fake_kernel_write(&machine.host, "bus/pci/drivers_probe", address_text(card->hostdevs[i]).s), 0);
	(void)snprintf(
		path, sizeof(path), "bus/pci/devices/%s/vfio-dev/vfio0/uevent", address_text(card->hostdevs[i]).s);
	put_text(machine.host.sys, path, "%s", "");
}

static void take(int result, const char *wanted)
{
	announced[0] = '\0';
	ck_assert_int_eq(handover_take(machine.handover, card, 0, &machine.refusal), result);
	ck_assert_str_eq(announced, wanted);
}

static void give_back(const char *wanted)
{
	announced[0] = '\0';
	ck_assert_int_eq(handover_return(machine.handover, card->uuid, &machine.refusal), 0);
	ck_assert_str_eq(announced, wanted);
	ck_assert(machine_is_clean(&machine));
}

/* A driver that is bound or unbound is an event of its own. */
START_TEST(test_shared)
{
	take(0, "");
	give_back("");
}
END_TEST

START_TEST(test_reserved)
{
	for (unsigned int i = 0; i < card->n_hostdevs; i++)
		reserve(i);
	take(0, "0 0/vfio-dev/vfio0 1 1/vfio-dev/vfio0 2 2/vfio-dev/vfio0 3 3/vfio-dev/vfio0 ");
	give_back("0! 0/vfio-dev/vfio0! 1! 1/vfio-dev/vfio0! 2! 2/vfio-dev/vfio0! 3! 3/vfio-dev/vfio0! ");
}
END_TEST

/* The event of its unbinding comes while the journal is still there. */
START_TEST(test_none)
{
	unbind(3);
	take(0, "");
	give_back("3! ");
}
END_TEST

/* Nothing fails by it, and one that does not answer is asked no more, nor is another. */
START_TEST(test_answers)
{
	static const int answers[] = { -EIO, -ENODEV, KERNEL_STUCK };

	reserve(2);
	reserve(3);
	answer = answers[_i];
	take(0, answer == KERNEL_STUCK ? "2 " : "2 2/vfio-dev/vfio0 3 3/vfio-dev/vfio0 ");
	ck_assert(machine_has(&machine, card, "vfio-pci"));
	give_back(answer == KERNEL_STUCK ? "2! " : "2! 2/vfio-dev/vfio0! 3! 3/vfio-dev/vfio0! ");
}
END_TEST

/* A take that fails has said nothing of what it leaves where it was; what was unbound again is without a driver. */
START_TEST(test_poisoned)
{
	reserve(2);
	unbind(3);
	machine.kernel.writer = 951;
	machine_put_process(&machine, 951, "handoff-writer", 3327);
	machine.kernel.stuck_file = "/unbind";
	(void)snprintf(machine.kernel.stuck, sizeof(machine.kernel.stuck), "%s", address_text(card->hostdevs[0]).s);
	take(-ECANCELED, "2! 2/vfio-dev/vfio0! 3! ");
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
}
END_TEST

TCase *case_announce(void)
{
	TCase *tcase = suite_case("announce");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_test(tcase, test_shared);
	tcase_add_test(tcase, test_reserved);
	tcase_add_test(tcase, test_none);
	tcase_add_loop_test(tcase, test_answers, 0, 3);
	tcase_add_test(tcase, test_poisoned);
	return tcase;
}
