// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether a card may sleep, and what a handover does about it: one that sleeps in D3cold may not come back. */
#include <stdio.h>
#include <string.h>

#include "cli/doctor/cards.h"
#include "probe/inventory.h"

/* The functions that the kernel may put to sleep. */
static unsigned int find_sleepers(const struct card *card, const struct function *ret[SLOT_FUNCTIONS])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < card->n_functions; i++) {
		if (strcmp(card->functions[i]->power_control, "auto") == 0)
			ret[n++] = card->functions[i];
	}
	return n;
}

/* Documentation/ABI/testing/sysfs-bus-pci; nothing is woken by the question. */
static bool is_cold(const struct doctor *doctor, const struct function *gpu)
{
	char path[sizeof("bus/pci/devices//power_state") + ADDRESS_TEXT_SIZE], state[16];

	(void)snprintf(path, sizeof(path), "bus/pci/devices/%s/power_state", address_text(gpu->address).s);
	return attribute_read(doctor->host->sys, path, state, sizeof(state)) > 0 && strcmp(state, "D3cold") == 0;
}

static void look_power(const struct card_look *look)
{
	const struct function *gpu = look->card->gpu, *sleepers[SLOT_FUNCTIONS];
	unsigned int n = find_sleepers(look->card, sleepers);
	bool cold_allowed = strcmp(gpu->d3cold_allowed, "1") == 0;

	if (!gpu->power_control[0])
		return;
	if (is_cold(look->doctor, gpu))
		card_report(look, FINDING_PASS, NULL,
			"it is off now (D3cold); a handover wakes it, keeps it awake for as long as a VM has it, and "
			"puts that back");
	else if (n)
		card_report(look, FINDING_PASS, NULL,
			"the kernel may put %s to sleep%s; a handover keeps all of it awake for as long as a VM has "
			"it, "
			"and puts that back",
			card_list(NULL, sleepers, n).s, cold_allowed ? ", as deep as D3cold" : "");
	else if (!look->doctor->recorded)
		card_report(look, FINDING_PASS, NULL, "it is kept awake%s",
			cold_allowed ? "; a handover also forbids D3cold for as long as a VM has it" : "");
}

const struct card_check card_check_power = { .name = "power", .look = look_power };
