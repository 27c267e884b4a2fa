// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/show.h"

#include <stdio.h>

#include "apply/report.h"
#include "apply/turn.h"
#include "base/text.h"
#include "plan/settle.h"

void show_taken(const struct inventory *inventory, const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->n_taken; i++) {
		const struct taken *taken = &plan->taken[i];
		const struct function *function = inventory_find(inventory, taken->address);

		(void)printf("  %s  IOMMU group %d, %s%s\n", address_text(taken->address).s, taken->iommu_group,
			function->driver[0] ? function->driver : "no driver",
			taken->forgotten ? "; not in the domain, but in the same slot and group" : "");
	}
}

void show_steps(const struct plan *plan)
{
	char sentence[STEP_SENTENCE_SIZE];

	if (plan->n_steps == 0)
		(void)printf("  nothing to change\n");
	for (unsigned int i = 0; i < plan->n_steps; i++) {
		step_describe(&plan->steps[i], sentence);
		(void)printf("  %2u. %s\n", i + 1, sentence);
	}
}

/* The value that most of a kind get is told once, with how many there are; the first few by name. */
#define NAMED_MAX 6

static bool is_first_of(const struct knobs *knobs, unsigned int i)
{
	for (unsigned int j = 0; j < i; j++) {
		const struct knob *other = &knobs->knobs[j];

		if (other->kind == knobs->knobs[i].kind && knob_is_due(other) &&
			knob_same(other->kind, &other->want, &knobs->knobs[i].want))
			return false;
	}
	return true;
}

static void show_alike(const struct knobs *knobs, unsigned int first)
{
	const struct knob *one = &knobs->knobs[first];
	char line[1024];
	struct text text;
	unsigned int n = 0;

	text_init(&text, line, sizeof(line));
	for (unsigned int i = first; i < knobs->n_knobs; i++) {
		const struct knob *knob = &knobs->knobs[i];

		if (knob->kind != one->kind || !knob_is_due(knob) || !knob_same(knob->kind, &knob->want, &one->want))
			continue;
		if (n++ >= NAMED_MAX)
			continue;
		text_add(&text, "%s", n > 1 ? ", " : "");
		if (n == 1)
			knob_describe(&text, knob);
		else
			knob_describe_key(&text, knob);
	}
	if (n > NAMED_MAX)
		text_add(&text, " and %u more", n - NAMED_MAX);
	text_add(&text, ": ");
	knob_describe_value(&text, one->kind, &one->want);
	(void)printf("      %s\n", line);
}

void show_knobs(const struct knobs *knobs)
{
	bool any = false;

	for (unsigned int kind = 0; kind < KNOB_KINDS_; kind++) {
		for (unsigned int i = 0; i < knobs->n_knobs; i++) {
			const struct knob *knob = &knobs->knobs[i];

			/* What systemd does on the way. */
			if (knob->kind != kind || kind == KNOB_CPUSET || kind == KNOB_DROPIN || !knob_is_due(knob) ||
				!is_first_of(knobs, i))
				continue;
			if (!any)
				(void)printf("\nwhich sets on the host\n");
			any = true;
			show_alike(knobs, i);
		}
	}
}

void show_notes(const struct notes *notes)
{
	for (unsigned int i = 0; i < notes->n; i++)
		(void)printf("%snote: %s\n", i ? "" : "\n", notes->lines[i]);
}

void show_note(const char *owner, const char *sentence)
{
	char buffer[DOMAIN_NAME_SIZE];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_add_foreign(&text, owner);
	(void)printf("%s: %s\n", buffer, sentence);
}

static void show_event(void *data, const struct event *event)
{
	(void)data;
	show_note(event->owner.name, event->sentence);
}

const struct observer show_observer = { .told = show_event };

static void begin(void *data)
{
	report_observer.begins(data);
}

static void show_and_report(void *data, const struct event *event)
{
	show_event(data, event);
	report_event(event);
}

const struct observer show_report_observer = { .begins = begin, .told = show_and_report };
