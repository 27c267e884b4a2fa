// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: a card that is shared, and that vfio-pci has although no handover of ours took it there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/handover.h"
#include "apply/journal.h"
#include "cli/doctor/doctor.h"
#include "cli/modes.h"
#include "probe/vfio_ids.h"

/* What vfio-pci may have for a handover: of each function of the inventory whether a journal is about it. */
struct strays {
	const struct inventory *inventory;
	bool explained[INVENTORY_MAX];
};

static void note_journal(void *data, const struct journal *journal)
{
	struct strays *strays = data;

	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		const struct function *function = inventory_find(strays->inventory, journal->plan.taken[i].address);

		if (function)
			strays->explained[function - strays->inventory->functions] = true;
	}
}

/* Returns 0, or what handover_look() does. */
static int find_explained(const struct doctor *doctor, struct strays *strays)
{
	struct handover *handover = handover_new(doctor->host, NULL);
	int r = handover ? handover_look(handover, note_journal, strays) : -ENOMEM;

	handover_free(handover);
	return r;
}

static bool is_stray(const struct strays *strays, const struct function *function)
{
	return strcmp(function->driver, PLAN_DRIVER) == 0 &&
	       !strays->explained[function - strays->inventory->functions];
}

/* The first that something gives to vfio-pci by its ids; else the first of all; NULL when there is none. */
static const struct function *find_stray(const struct doctor *doctor, const struct strays *strays,
	const struct card *card, char place[VFIO_IDS_PLACE_SIZE])
{
	const struct function *first = NULL;

	place[0] = '\0';
	for (unsigned int i = 0; i < card->n_functions; i++) {
		if (!is_stray(strays, card->functions[i]))
			continue;
		if (vfio_ids_find(doctor->host, card->functions[i], place))
			return card->functions[i];
		place[0] = '\0';
		if (!first)
			first = card->functions[i];
	}
	return first;
}

static void report_stray(
	struct doctor *doctor, const struct card *card, const struct function *function, const char *place)
{
	struct address_text gpu = address_text(card->gpu->address), address = address_text(function->address);
	const char *initramfs = doctor_find_initramfs(doctor->host);

	if (strcmp(place, VFIO_IDS_CMDLINE) == 0)
		doctor_report(doctor, FINDING_WARN, gpu.s,
			finding_text("take its ids out of the command line in the boot loader's configuration, and "
				     "reboot; or reserve it: [card %s] with mode = reserved",
				gpu.s)
				.s,
			"it is shared, but vfio-pci has %s: '" VFIO_IDS_CMDLINE
			"' of the kernel's command line names its ids %04x:%04x",
			address.s, function->vendor, function->device);
	else if (place[0])
		doctor_report(doctor, FINDING_WARN, gpu.s,
			finding_text("take its ids out of that file, run %s as root, and reboot; or reserve it: "
				     "[card %s] with mode = reserved",
				initramfs, gpu.s)
				.s,
			"it is shared, but vfio-pci has %s: '%s' names its ids %04x:%04x", address.s, place,
			function->vendor, function->device);
	else
		doctor_report(doctor, FINDING_WARN, gpu.s,
			finding_text("run %s as root, and reboot; or reserve it: [card %s] with mode = reserved",
				initramfs, gpu.s)
				.s,
			"it is shared, but vfio-pci has %s, and nothing names its ids: the initramfs was made while "
			"it was reserved, or somebody else gave it away since",
			address.s);
}

void doctor_look_shared(struct doctor *doctor)
{
	struct strays strays = { .inventory = &doctor->inventory };
	int r = find_explained(doctor, &strays);
	char place[VFIO_IDS_PLACE_SIZE];
	const struct function *function;
	struct card card;

	for (unsigned int i = 0; i < doctor->inventory.n_functions; i++) {
		if (!function_is_display(&doctor->inventory.functions[i]))
			continue;
		card_describe(&doctor->inventory, &doctor->inventory.functions[i], &card);
		if (modes_find(&doctor->settings, &doctor->inventory, &card) != MODE_SHARED)
			continue;
		function = find_stray(doctor, &strays, &card, place);
		if (function && r < 0)
			doctor_report(doctor, FINDING_WARN, address_text(card.gpu->address).s,
				r == -EACCES ? "run it as root" : "look into '/run/gpu-handoff'",
				"vfio-pci has %s, and whether a VM has it cannot be told: %s",
				address_text(function->address).s, strerror(-r));
		else if (function)
			report_stray(doctor, &card, function, place);
	}
}
