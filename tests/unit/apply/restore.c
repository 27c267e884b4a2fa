// SPDX-License-Identifier: GPL-2.0-or-later
/* On every recorded machine, every card that can be taken comes back, byte for byte. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/context.h"
#include "tests/support/golden.h"
#include "tests/support/machine.h"
#include "tests/support/record.h"
#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"

static const char *records[RECORDS_MAX];
static struct machine machine;

/* The driver's directory is there once vfio-pci was loaded, and stays. */
#define MODULE_DIRECTORY "sys/bus/pci/drivers/vfio-pci"

static void check_restored(const char *before, const char *ignored, const struct domain *domain)
{
	char *after = machine_snapshot(&machine);
	const char *difference = snapshot_compare(before, after, ignored);

	ck_assert_msg(!difference, "%s: %s", address_text(domain->hostdevs[0]).s, difference);
	ck_assert(machine_is_clean(&machine));
	ck_assert(!machine.kernel.hung);
	free(after);
}

static bool can_be_taken(const struct domain *domain)
{
	struct outlook outlook;

	return handover_plan(machine.handover, domain, &outlook, &machine.refusal) == 0;
}

START_TEST(test_every_card)
{
	static const unsigned int how[] = { 0, MACHINE_DRESSED | MACHINE_LOADED };

	for (int i = 0; i < COUNT(how); i++) {
		char *before;

		machine_start(&machine, records[_i], how[i]);
		before = machine_snapshot(&machine);
		for (unsigned int j = 0; j < machine.n_cards; j++) {
			const struct domain *domain = &machine.cards[j];
			const char *ignored = how[i] & MACHINE_LOADED ? NULL : MODULE_DIRECTORY;
			bool accepted = can_be_taken(domain);
			int r = handover_take(machine.handover, domain, 0, &machine.refusal);

			ck_assert_int_eq(r, accepted ? 0 : -ECANCELED);
			if (accepted) {
				ck_assert(machine_has(&machine, domain, "vfio-pci"));
				r = handover_return(machine.handover, domain->uuid, &machine.refusal);
				ck_assert_msg(r == 0, "%s", machine.refusal.sentence);
			}
			check_restored(before, ignored, domain);
		}
		free(before);
		machine_stop(&machine);
	}
}
END_TEST

/* Which cards are taken, and why the others are not, so that none is lost from the loops unseen. */
START_TEST(test_decisions)
{
	unsigned int n_records = record_names(records);
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (unsigned int i = 0; i < n_records; i++) {
		machine_start(&machine, records[i], MACHINE_DRESSED);
		for (unsigned int j = 0; j < machine.n_cards; j++) {
			const struct domain *domain = &machine.cards[j];
			bool accepted = can_be_taken(domain);

			(void)fprintf(stream, "%s %s %u: %s\n", records[i], address_text(domain->hostdevs[0]).s,
				domain->n_hostdevs, accepted ? "taken" : machine.refusal.sentence);
		}
		machine_stop(&machine);
	}
	(void)fclose(stream);
	golden_check("decisions.txt", text);
	free(text);
}
END_TEST

static int (*real_write)(const struct host *host, const char *path, const char *value, int deadline_ms);
static char announced[64];
static unsigned int n_announced;

static int note_change(const struct host *host, const char *path, const char *value, int deadline_ms)
{
	size_t length = strlen(path);

	if (length < strlen("/uevent") || strcmp(path + length - strlen("/uevent"), "/uevent") != 0)
		return real_write(host, path, value, deadline_ms);
	ck_assert_str_eq(value, "change");
	/* Functions are what announce.c is about. */
	if (strncmp(path, "devices/virtual/vfio/", strlen("devices/virtual/vfio/")) != 0)
		return 0;
	(void)snprintf(announced, sizeof(announced), "%s", path);
	n_announced++;
	return 0;
}

/* Once for all functions of a group that is still there, and not for one that has gone. */
START_TEST(test_group_announced)
{
	struct kernel kernel;
	char path[64];

	machine_start(&machine, "rocketlake-i7-11700-rtx2060", MACHINE_LOADED);
	kernel = *machine.host.kernel;
	real_write = kernel.write;
	kernel.write = note_change;
	machine.host.kernel = &kernel;
	for (int there = 0; there < 2; there++) {
		const struct domain *domain = &machine.cards[0];
		int group;

		ck_assert_int_eq(handover_take(machine.handover, domain, 0, &machine.refusal), 0);
		group = machine.handover->journal.plan.taken[0].iommu_group;
		(void)snprintf(path, sizeof(path), "devices/virtual/vfio/%d/uevent", group);
		if (there)
			put_text(machine.host.sys, path, "%s", "");
		n_announced = 0;
		ck_assert_int_eq(handover_return(machine.handover, domain->uuid, &machine.refusal), 0);
		ck_assert_uint_eq(n_announced, (unsigned int)there);
	}
	ck_assert_str_eq(announced, path);
	machine_stop(&machine);
}
END_TEST

TCase *case_restore(void)
{
	TCase *tcase = suite_case("restore");

	tcase_add_loop_test(tcase, test_every_card, 0, (int)record_names(records));
	tcase_add_test(tcase, test_decisions);
	tcase_add_test(tcase, test_group_announced);
	return tcase;
}
