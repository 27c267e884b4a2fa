// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether a card is alone in its IOMMU groups, and if not, who else is there and why. */
#include "cli/doctor/cards.h"
#include "probe/muxless.h"

#define SLOT "move the card to a slot of another root port, or "

#define OVERRIDE                                                                                                       \
	"a kernel with the ACS override patch is no way out: it only takes them for apart, and what the guest has "    \
	"can "                                                                                                         \
	"reach them past the IOMMU as before"

/* What is soldered in a laptop goes to no other slot. */
static bool has_slot(const struct card_look *look)
{
	return look->card->kind != CARD_INTEGRATED &&
	       !muxless_find_shower(look->doctor->host, &look->doctor->inventory, look->card->gpu);
}

static void report_shared(const struct card_look *look)
{
	const struct card *card = look->card;
	struct finding_text why = bridges_explain(look);

	card_report(look, FINDING_FAIL,
		finding_text("if the host can do without, give the domain %s as well; else %sturn ACS on in the "
			     "firmware, where it has that (it is near AER and ARI); " OVERRIDE,
			card_list(NULL, card->extra, card->n_extra).s, has_slot(look) ? SLOT : "")
			.s,
		"its IOMMU group has %s as well, so no domain can have it without %s%s%s",
		card_list(look->names, card->extra, card->n_extra).s, card->n_extra == 1 ? "it" : "them",
		why.s[0] ? ": " : "", why.s);
}

/* None of its functions has a group, or some have; an excerpt of a listing may leave out which. */
static void report_unknown(const struct card_look *look)
{
	if (!beneath_has(look->doctor->host->sys, "kernel/iommu_groups"))
		return;
	if (look->card->n_groups == 0)
		card_report(look, FINDING_FAIL,
			"turn the IOMMU on: VT-d or AMD-Vi in the firmware, on Intel also intel_iommu=on for the "
			"kernel",
			"it has no IOMMU group, so no domain can have it");
	else if (!look->doctor->recorded)
		card_report(look, FINDING_FAIL, "look into 'journalctl -k' for what the IOMMU says of it",
			"not all of its functions have an IOMMU group, so no domain can have it");
}

static void look_isolation(const struct card_look *look)
{
	const struct card *card = look->card;

	if (card->isolation == ISOLATION_UNKNOWN)
		report_unknown(look);
	else if (card->isolation == ISOLATION_SHARED)
		report_shared(look);
	else if (card->n_bridges)
		card_report(look, FINDING_PASS, NULL,
			"no other device is in its IOMMU group; the bridges there, %s, do not hinder",
			card_list(NULL, card->bridges, card->n_bridges).s);
	else
		card_report(look, FINDING_PASS, NULL, "it is alone in its IOMMU group%s",
			card->n_groups > 1 ? "s, of which each of its functions has its own" : "");
}

const struct card_check card_check_isolation = { .name = "isolation", .look = look_isolation };
