// SPDX-License-Identifier: GPL-2.0-or-later
/* detach, reattach and recover: handovers that a person asks for; and vanished, which udev does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "apply/handover.h"
#include "apply/journal.h"
#include "cli/command.h"
#include "cli/show.h"

static int open_handover(struct invocation *invocation, struct handover **ret, struct refusal *refusal)
{
	*ret = handover_new(&invocation->host, invocation->dry_run ? &show_observer : &show_report_observer);
	return *ret ? 0 : refusal_set(refusal, REFUSAL_STATE, "there is no memory for the handover");
}

static int detach(struct invocation *invocation, struct handover *handover, struct refusal *refusal)
{
	struct outlook outlook;
	struct domain card;
	int r;

	r = handover_find_card(handover, invocation->address, &card, refusal);
	if (r < 0)
		return r;
	if (!invocation->dry_run)
		return handover_detach(handover, &card, refusal);
	r = handover_plan(handover, &card, &outlook, refusal);
	if (r < 0)
		return r;
	show_taken(outlook.inventory, outlook.plan);
	show_steps(outlook.plan);
	return 0;
}

/* What the journals say would be undone. */
struct preview {
	bool all; /* what recover would undo; else what reattach would, of one address */
	struct address address;
	struct plan *undo;
	unsigned int shown;
};

static void preview_journal(void *data, const struct journal *journal, const char *why_left)
{
	struct preview *preview = data;

	if (!preview->all && (journal->kind != JOURNAL_DETACHED || !plan_takes(&journal->plan, preview->address)))
		return;
	if (preview->all && why_left) {
		show_note(journal_owner_name(journal), why_left);
		return;
	}
	show_note(journal_owner_name(journal), "this would be done");
	plan_undo(&journal->plan, preview->undo);
	show_steps(preview->undo);
	preview->shown++;
}

static int preview(struct handover *handover, struct preview *preview, struct refusal *refusal)
{
	int r;

	preview->undo = malloc(sizeof(*preview->undo));
	if (!preview->undo)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the plan");
	r = handover_survey(handover, preview_journal, preview, refusal);
	if (r > 0 && preview->all) {
		show_note("recover", "CPUs are still turned for domains that are gone: this would be put back");
		preview->shown++;
	}
	if (r >= 0 && preview->shown == 0)
		(void)puts(preview->all ? "nothing would be put back" : "nothing to reattach");
	free(preview->undo);
	return r;
}

static int run_detach(struct invocation *invocation, struct refusal *refusal)
{
	struct handover *handover;
	int r = open_handover(invocation, &handover, refusal);
	if (r < 0)
		return r;
	r = detach(invocation, handover, refusal);
	handover_free(handover);
	return r;
}

static int run_reattach(struct invocation *invocation, struct refusal *refusal)
{
	struct preview one = { .address = invocation->address };
	struct handover *handover;
	int r = open_handover(invocation, &handover, refusal);
	if (r < 0)
		return r;
	r = invocation->dry_run ? preview(handover, &one, refusal) : handover_reattach(handover, one.address, refusal);
	handover_free(handover);
	return r;
}

static int run_recover(struct invocation *invocation, struct refusal *refusal)
{
	struct preview all = { .all = true };
	struct handover *handover;
	int r = open_handover(invocation, &handover, refusal);
	if (r < 0)
		return r;
	if (invocation->dry_run) {
		r = preview(handover, &all, refusal);
	} else {
		r = handover_recover(handover, refusal);
		if (r == 0)
			(void)puts("nothing was put back");
	}
	handover_free(handover);
	return r;
}

static int run_vanished(struct invocation *invocation, struct refusal *refusal)
{
	struct handover *handover;
	int r = open_handover(invocation, &handover, refusal);
	if (r < 0)
		return r;
	r = handover_forget(handover, invocation->address, refusal);
	if (r == 0)
		(void)printf("nobody had '%s', or it is there\n", address_text(invocation->address).s);
	handover_free(handover);
	return r;
}

const struct command command_detach = {
	.name = "detach",
	.argument = ARGUMENT_ADDRESS,
	.help = "take a card, all its functions, from the host's drivers",
	.options = OPTION_DRY_RUN,
	.root = true,
	.run = run_detach,
};

const struct command command_reattach = {
	.name = "reattach",
	.argument = ARGUMENT_ADDRESS,
	.help = "return a detached card to the drivers it had",
	.options = OPTION_DRY_RUN,
	.root = true,
	.run = run_reattach,
};

const struct command command_recover = {
	.name = "recover",
	.help = "put back what an interrupted handover has changed",
	.options = OPTION_DRY_RUN,
	.root = true,
	.run = run_recover,
};

const struct command command_vanished = {
	.name = "vanished",
	.argument = ARGUMENT_ADDRESS,
	.help = "forget a function that is gone while somebody had it; gpu-handoff-vanished@.service runs this",
	.for_units = true,
	.root = true,
	.run = run_vanished,
};
