// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: other cards with the ids of this one, which what goes by ids takes all together. */
#include <stdio.h>
#include <string.h>

#include "cli/doctor/cards.h"

/* COMMAND_LINE_SIZE of the kernel is at most this, but for one architecture. */
#define CMDLINE_SIZE  4096
#define OPTION_LENGTH (sizeof("vfio-pci.ids=") - 1)

/* Virtual functions are all alike, and nobody takes them by their ids. */
static bool is_twin(const struct function *a, const struct function *b)
{
	return function_is_display(b) && !b->is_virtual && a->vendor == b->vendor && a->device == b->device;
}

/* Whether the kernel's command line has vfio-pci take what has the ids, before any rule: all of them at once. */
static bool takes_ids(const struct host *host, const struct function *gpu)
{
	char line[CMDLINE_SIZE], ids[sizeof("10de:1f08")], *rest = line, *word;

	(void)snprintf(ids, sizeof(ids), "%04x:%04x", gpu->vendor, gpu->device);
	if (attribute_read(host->proc, "cmdline", line, sizeof(line)) <= 0)
		return false;
	while ((word = strsep(&rest, " "))) {
		if ((strncmp(word, "vfio-pci.ids=", OPTION_LENGTH) == 0 ||
			    strncmp(word, "vfio_pci.ids=", OPTION_LENGTH) == 0) &&
			strcasestr(word + OPTION_LENGTH, ids))
			return true;
	}
	return false;
}

/* Once for all of them: by the first. */
static void look_twins(const struct card_look *look)
{
	const struct inventory *inventory = &look->doctor->inventory;
	const struct function *gpu = look->card->gpu;
	const struct function *twins[INVENTORY_MAX];
	unsigned int n = 0;

	for (unsigned int i = 0; i < inventory->n_functions && !gpu->is_virtual; i++) {
		if (is_twin(gpu, &inventory->functions[i]))
			twins[n++] = &inventory->functions[i];
	}
	if (n < 2 || twins[0] != gpu)
		return;
	card_report(look, FINDING_WARN,
		finding_text(
			"name each by its address or slot path, this one as [card %s] in /etc/gpu-handoff.conf, and "
			"not by ids; see that neither the kernel's command line nor /etc/modprobe.d has "
			"vfio-pci.ids with %04x:%04x, which takes all of them from the host",
			card_name(look->card).s, gpu->vendor, gpu->device)
			.s,
		"%u cards have its ids %04x:%04x: %s%s", n, gpu->vendor, gpu->device, card_list(NULL, twins, n).s,
		takes_ids(look->doctor->host, gpu)
			? "; vfio-pci.ids on the kernel's command line has them, so the host gets none of them"
			: "");
}

const struct card_check card_check_twins = { .name = "twins", .look = look_twins };
