// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff run: the command line, and the plan of a dry run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "apply/report.h"
#include "base/text.h"
#include "cli/run/run.h"
#include "cli/show.h"

/* All of it is large. */
struct errand {
	struct order order;
	struct account account;
	struct observer observer;
	char **words;
	struct handover *handover;
	bool runs;
};

/* What is worth a person's time. stdout is the command's, and stderr while it runs. */
static bool is_for_person(enum event_kind kind)
{
	return kind == EVENT_NOTE || kind == EVENT_WAITS || kind == EVENT_LEFT || kind == EVENT_INTERRUPTED ||
	       kind == EVENT_POISONED || kind == EVENT_VANISHED;
}

static void tell(void *data, const struct event *event)
{
	const struct errand *errand = data;
	char name[DOMAIN_NAME_SIZE];
	struct text text;

	report_event(event);
	if (errand->runs || !is_for_person(event->kind))
		return;
	text_init(&text, name, sizeof(name));
	text_add_foreign(&text, event->owner.name);
	(void)fprintf(stderr, "gpu-handoff: %s: %s\n", name, event->sentence);
}

static void begin(void *data)
{
	report_observer.begins(data);
}

static int show_plan(struct errand *errand, struct refusal *refusal)
{
	struct outlook outlook;
	int r = handover_plan(errand->handover, &errand->order.domain, &outlook, refusal);

	if (r < 0)
		return r;
	show_taken(outlook.inventory, outlook.plan);
	show_steps(outlook.plan);
	show_knobs(outlook.knobs);
	show_notes(outlook.notes);
	(void)printf("\nthen runs");
	for (char **word = errand->words; *word; word++)
		(void)printf(" %s", *word);
	(void)printf("\n");
	return 0;
}

static int carry_out(struct invocation *invocation, struct errand *errand, struct refusal *refusal)
{
	const struct run run = {
		.host = &invocation->host,
		.handover = errand->handover,
		.order = &errand->order,
		.account = &errand->account,
		.words = errand->words,
		.signals = &invocation->signals,
		.runs = &errand->runs,
	};

	return run_order(&run, &invocation->status, refusal);
}

static int run_errand(struct invocation *invocation, struct errand *errand, struct refusal *refusal)
{
	int r = order_make(invocation, errand->handover, &errand->order, refusal);

	if (r == 0)
		r = account_find(invocation->user, &errand->account, refusal);
	if (r == 0)
		r = words_replace(&errand->order, invocation->command, &errand->words, refusal);
	if (r < 0)
		return r;
	return invocation->dry_run ? show_plan(errand, refusal) : carry_out(invocation, errand, refusal);
}

static int run_run(struct invocation *invocation, struct refusal *refusal)
{
	struct errand *errand = calloc(1, sizeof(*errand));
	int r;

	if (errand) {
		errand->observer = (struct observer){ .begins = begin, .told = tell, .data = errand };
		errand->handover = handover_new(&invocation->host, &errand->observer);
	}
	if (errand && errand->handover)
		r = run_errand(invocation, errand, refusal);
	else
		r = refusal_set(refusal, REFUSAL_STATE, "there is no memory for the handover");
	if (errand) {
		words_free(errand->words);
		handover_free(errand->handover);
	}
	free(errand);
	return r;
}

const struct command command_run = {
	.name = "run",
	.argument = "CARD... -- COMMAND...",
	.help = "run a command that has cards for as long as it runs",
	.options = OPTION_RUN | OPTION_DRY_RUN,
	.root = true,
	.has_command = true,
	.run = run_run,
};
