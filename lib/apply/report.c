// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"

#define MESSAGE_SIZE 1500

/* So many cards are named in one line. */
#define CARDS_MAX 16

/* Those of a line: a field may have more than one value, as GPU_HANDOFF_CARD has for two cards. */
struct fields {
	size_t n;
	struct log_field fields[16 + CARDS_MAX];
	struct address_text address, cards[CARDS_MAX];
	char duration[24], functions[16], changes[16];
};

/*
 * The prefix is ours, as it should be (systemd.journal-fields(7)). LIBVIRT_DOMAIN is taken: libvirt has in it which of
 * its own parts an error is from.
 */
static void add(struct fields *fields, const char *name, const char *value)
{
	if (value && value[0])
		fields->fields[fields->n++] = (struct log_field){ name, value };
}

static void add_number(struct fields *fields, const char *name, char buffer[16], unsigned int number)
{
	(void)snprintf(buffer, 16, "%u", number);
	add(fields, name, buffer);
}

/* Cards are known by their first function: functions are in order of their addresses. */
static void add_cards(struct fields *fields, const struct event *event)
{
	const struct plan *plan = event->plan;
	unsigned int n = 0;

	for (unsigned int i = 0; i < plan->n_taken && n < CARDS_MAX; i++) {
		struct address address = plan->taken[i].address;

		if (i > 0 && address_same_slot(address, plan->taken[i - 1].address))
			continue;
		if (event->address && !address_same_slot(address, *event->address))
			continue;
		fields->cards[n] = address_text(address);
		add(fields, "GPU_HANDOFF_CARD", fields->cards[n++].s);
	}
}

static void add_step(struct fields *fields, const struct step *step)
{
	add(fields, "GPU_HANDOFF_STEP", step_kind_name(step->kind));
	add(fields, "GPU_HANDOFF_OLD", step->old);
	add(fields, "GPU_HANDOFF_NEW", step->new);
}

static void add_all(struct fields *fields, const struct event *event)
{
	const struct event_kind_row *row = event_kind_row(event->kind);

	fields->n = 0;
	add(fields, "MESSAGE_ID", row->id);
	add(fields, "GPU_HANDOFF_EVENT", row->name);
	add(fields, "GPU_HANDOFF_DOMAIN", event->owner.uuid ? event->owner.name : NULL);
	add(fields, "GPU_HANDOFF_UUID", event->owner.uuid);
	if (event->address) {
		fields->address = address_text(*event->address);
		add(fields, "GPU_HANDOFF_ADDRESS", fields->address.s);
	}
	add(fields, "GPU_HANDOFF_USB", event->usb);
	if (event->plan)
		add_cards(fields, event);
	if (event->step)
		add_step(fields, event->step);
	if (event->step || event_is_sum(event)) {
		(void)snprintf(fields->duration, sizeof(fields->duration), "%" PRIu64, event->duration_us);
		add(fields, "GPU_HANDOFF_USEC", fields->duration);
	}
	if (event_is_sum(event) && event->plan) {
		add_number(fields, "GPU_HANDOFF_FUNCTIONS", fields->functions, event->plan->n_taken);
		add_number(fields, "GPU_HANDOFF_CHANGES", fields->changes, event->changes);
	}
	add(fields, "GPU_HANDOFF_RESULT", event_result(event));
	add(fields, "GPU_HANDOFF_REASON", event->refusal ? refusal_reason_name(event->refusal->reason) : NULL);
}

void report_event(const struct event *event)
{
	char message[MESSAGE_SIZE];
	struct fields fields;
	struct text text;

	add_all(&fields, event);
	text_init(&text, message, sizeof(message));
	text_add_foreign(&text, event->owner.name);
	text_add(&text, ": %s", event->sentence);
	log_send(event_kind_row(event->kind)->priority, message, fields.fields, fields.n);
}

static void tell(void *data, const struct event *event)
{
	(void)data;
	report_event(event);
}

static void make_ready(void *data)
{
	(void)data;
	log_open();
}

const struct observer report_observer = { .begins = make_ready, .told = tell };

void report_refusal(struct event_owner owner, const char *what, const struct refusal *refusal)
{
	char sentence[sizeof(refusal->sentence) + 64];
	const struct event event = {
		.kind = EVENT_REFUSED,
		.owner = owner,
		.sentence = sentence,
		.refusal = refusal,
	};

	(void)snprintf(sentence, sizeof(sentence), "%s refused: %s", what, refusal->sentence);
	report_event(&event);
}
