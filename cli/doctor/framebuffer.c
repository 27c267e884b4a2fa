// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether the host's first screen is on a card, by the firmware's framebuffer or by boot_vga. */
#include "probe/framebuffer.h"

#include <errno.h>

#include "cli/doctor/cards.h"
#include "probe/bar.h"

#define REMEDY                                                                                                         \
	"have the firmware show its screen on another card, if there is one (its setting is called Primary Display, "  \
	"or "                                                                                                          \
	"Initial Display Output); else see that the host can be reached over the network before a VM takes this one"

/* The BAR that has all of it, or -1. */
static int find_bar(const struct card_look *look, const struct framebuffer *framebuffer)
{
	struct bars bars;

	if (bar_probe(look->doctor->host, look->card->gpu->address, &bars) < 0)
		return -1;
	for (unsigned int i = 0; i < BARS_MAX; i++) {
		const struct bar *bar = &bars.bars[i];

		if (bar->is_memory && bar->size && !bar->is_unset && framebuffer->first >= bar->start &&
			framebuffer->last - bar->start < bar->size)
			return (int)i;
	}
	return -1;
}

static bool is_alone(const struct inventory *inventory)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < inventory->n_functions; i++)
		n += function_is_display(&inventory->functions[i]);
	return n == 1;
}

static void look_framebuffer(const struct card_look *look)
{
	const char *alone = is_alone(&look->doctor->inventory) ? ", and the host has no other card" : "";
	struct framebuffer framebuffer;
	int r = framebuffer_probe(look->doctor->host, &framebuffer);
	int bar = r > 0 ? find_bar(look, &framebuffer) : -1;

	/* What the host's screen is on stays with it, if it is not asked for. */
	if (look->card->kind == CARD_INTEGRATED && (bar >= 0 || look->card->gpu->boot_vga == 1))
		card_report(look, FINDING_PASS, NULL,
			"the firmware has its screen on it, and the host's consoles begin there");
	else if (bar >= 0)
		card_report(look, FINDING_WARN, REMEDY,
			"the firmware's framebuffer (%s) is in its BAR %d: when a VM takes the card, the host's first "
			"screen goes dark, and what drew there does not come back before a reboot%s",
			framebuffer.name, bar, alone);
	else if (look->card->gpu->boot_vga == 1)
		card_report(look, FINDING_WARN, REMEDY,
			"the firmware has its screen on it (boot_vga), and so have the host's consoles: when a VM "
			"takes "
			"the card they go dark%s%s",
			alone,
			r == -EACCES ? "; whether the firmware's framebuffer is still in use is told to root alone"
				     : "");
	else if (r >= 0 || (r == -EACCES && look->card->gpu->boot_vga == 0))
		card_report(look, FINDING_PASS, NULL, "the firmware has its screen elsewhere");
	else if (r == -EACCES)
		card_report(look, FINDING_WARN, "run it as root",
			"where the firmware's framebuffer is, /proc/iomem tells root alone");
}

const struct card_check card_check_framebuffer = { .name = "framebuffer", .look = look_framebuffer };
