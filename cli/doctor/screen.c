// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether a guest can show anything by the card itself. */
#include <string.h>

#include "cli/doctor/cards.h"
#include "probe/below.h"
#include "probe/muxless.h"

#define REMEDY                                                                                                         \
	"look at the guest by Looking Glass, VNC or what it serves itself; for a Windows guest let 'gpu-handoff xml' " \
	"write the domain, which adds the battery that the card's driver looks for"

struct connectors {
	bool has_card;
	unsigned int n;
};

/* card1, and below it card1-DP-1 */
static int visit_device(void *data, const struct below *below)
{
	struct connectors *connectors = data;

	if (strcmp(below->subsystem, "drm") != 0 || strncmp(below->name, "card", 4) != 0)
		return 0;
	if (strchr(below->name, '-'))
		connectors->n++;
	else
		connectors->has_card = true;
	return 0;
}

static void look_screen(const struct card_look *look)
{
	const struct doctor *doctor = look->doctor;
	const struct function *gpu = look->card->gpu,
			      *shower = muxless_find_shower(doctor->host, &doctor->inventory, gpu);
	struct connectors connectors = { false };

	(void)below_walk(doctor->host, gpu->address, visit_device, &connectors);
	if (shower)
		card_report(look, FINDING_WARN, REMEDY,
			"it is muxless: a 3D controller without a screen of its own; %s shows what it draws, and stays "
			"with the host",
			address_text(shower->address).s);
	else if (connectors.has_card && connectors.n == 0)
		card_report(look, FINDING_WARN, REMEDY, "it has no connector for a screen");
	else if (connectors.n)
		card_report(look, FINDING_PASS, NULL, "it has %u connector%s for screens", connectors.n,
			connectors.n == 1 ? "" : "s");
}

const struct card_check card_check_screen = { .name = "screen", .look = look_screen };
