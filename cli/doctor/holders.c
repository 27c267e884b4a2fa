// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: who has a card open now, and NVIDIA's persistence mode, which keeps it at work without anybody. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/handover.h"
#include "apply/journal.h"
#include "base/text.h"
#include "cli/doctor/cards.h"
#include "probe/occupancy.h"

#define SHOWN_MAX 4

/* ---- gathering ---- */

struct gathering {
	struct doctor *doctor;
	struct occupancy *occupancy;
	struct inventory poisoned; /* of whom nothing is asked */
};

static void note_journal(void *data, const struct journal *journal)
{
	struct gathering *gathering = data;

	for (unsigned int i = 0; journal->kind == JOURNAL_POISONED && i < journal->plan.n_taken; i++) {
		struct function function = { .address = journal->plan.taken[i].address };

		(void)inventory_put(&gathering->poisoned, &function);
	}
}

static int gather_functions(struct gathering *gathering)
{
	const struct inventory *inventory = &gathering->doctor->inventory;
	struct card card;
	int r = 0;

	for (unsigned int i = 0; i < inventory->n_functions && r == 0; i++) {
		if (!function_is_display(&inventory->functions[i]))
			continue;
		card_describe(inventory, &inventory->functions[i], &card);
		for (unsigned int j = 0; j < card.n_functions && r == 0; j++) {
			if (!inventory_find(&gathering->poisoned, card.functions[j]->address))
				r = inventory_put(&gathering->occupancy->functions, card.functions[j]);
		}
	}
	return r;
}

static int gather(struct gathering *gathering)
{
	struct handover *handover = handover_new(gathering->doctor->host, NULL);
	int r = -1;

	if (handover) {
		/* Others than root see no journals, and ask nothing that a driver could keep. */
		(void)handover_look(handover, note_journal, gathering);
		r = gather_functions(gathering);
	}
	if (r == 0)
		r = occupancy_probe(gathering->doctor->host, gathering->occupancy);
	if (r == 0 && !gathering->doctor->recorded && geteuid() == 0)
		(void)occupancy_probe_persistence(gathering->doctor->host, false, gathering->occupancy);
	handover_free(handover);
	return r;
}

struct occupancy *holders_gather(struct doctor *doctor)
{
	struct gathering *gathering = calloc(1, sizeof(*gathering));
	struct occupancy *occupancy = calloc(1, sizeof(*occupancy));
	int r = -1;

	if (gathering && occupancy) {
		gathering->doctor = doctor;
		gathering->occupancy = occupancy;
		r = gather(gathering);
	}
	free(gathering);
	if (r == 0)
		return occupancy;
	free(occupancy);
	return NULL;
}

/* ---- the look ---- */

static bool holds(const struct card_look *look, const struct holder *holder)
{
	for (unsigned int i = 0; i < look->card->n_functions; i++) {
		if (occupancy_find_node(look->occupancy, holder, look->card->functions[i]->address))
			return true;
	}
	return false;
}

/* Processes first, and then what the kernel itself does with the card. Returns how many there are. */
static unsigned int add_users(const struct card_look *look, struct text *text)
{
	const struct occupancy *occupancy = look->occupancy;
	unsigned int n = 0;

	for (unsigned int i = 0; i < occupancy->holders.n_holders; i++) {
		if (!holds(look, &occupancy->holders.holders[i]) || n++ >= SHOWN_MAX)
			continue;
		text_add(text, "%s", n > 1 ? ", " : "");
		holder_describe(text, &occupancy->holders.holders[i]);
	}
	for (unsigned int i = 0; i < occupancy->activity.n_uses; i++) {
		const struct use *use = &occupancy->activity.uses[i];

		for (unsigned int j = 0; j < look->card->n_functions; j++) {
			if (address_compare(use->owner, look->card->functions[j]->address) != 0 || n++ >= SHOWN_MAX)
				continue;
			text_add(text, "%s%s", n > 1 ? ", " : "", use->sentence);
		}
	}
	if (n > SHOWN_MAX)
		text_add(text, " and %u more", n - SHOWN_MAX);
	return n;
}

static void report_idle(const struct card_look *look)
{
	const struct occupancy *occupancy = look->occupancy;
	const struct persistence *persistence = occupancy_find_persistence(occupancy, look->card->gpu->address);

	if (persistence && persistence->enabled)
		card_report(look, FINDING_PASS, NULL,
			"nobody has it open; its persistence mode is on, which a handover turns off and on again");
	else if (occupancy->holders.n_hidden)
		card_report(look, FINDING_WARN, "run it as root",
			"nobody is seen to have it open, of the processes that this user may look at; %u are not told",
			occupancy->holders.n_hidden);
	else if (occupancy_activity(occupancy, look->card->gpu->address)->vectors &&
		 strcmp(look->card->gpu->driver, NVIDIA_DRIVER) == 0)
		card_report(look, FINDING_WARN,
			"see whether its persistence mode is on: 'nvidia-smi -q -d PERFORMANCE', or a service of its "
			"own, "
			"nvidia-persistenced",
			"nobody has it open, and it is at work all the same");
	else
		card_report(look, FINDING_PASS, NULL, "nobody has it open");
}

static void look_holders(const struct card_look *look)
{
	struct finding_text users;
	struct text text;

	if (!look->occupancy) {
		if (!look->doctor->recorded)
			card_report(look, FINDING_WARN, "run 'gpu-handoff status', which says why, or as root",
				"who has it open cannot be told");
		return;
	}
	if (!inventory_find(&look->occupancy->functions, look->card->gpu->address)) {
		card_report(look, FINDING_FAIL, "reboot the host",
			"its driver has not let go of it when a handover asked, and nothing is asked of it since");
		return;
	}
	text_init(&text, users.s, sizeof(users.s));
	if (add_users(look, &text) == 0)
		report_idle(look);
	else if (function_is_vfio(look->card->gpu))
		card_report(look, FINDING_PASS, NULL, "it is with VFIO, in use: %s", users.s);
	else
		card_report(look, FINDING_WARN,
			"end them before a VM starts, or have the policy of the domain stop what it may: see "
			"gpu-handoff-policy(7); 'gpu-handoff status' shows all of them",
			"in use: %s", users.s);
}

const struct card_check card_check_holders = { .name = "holders", .look = look_holders };
