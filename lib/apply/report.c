// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "apply/execute.h"
#include "base/log.h"
#include "base/text.h"

#define MESSAGE_SIZE 1200

/* "owner: ", in characters that are safe to show. */
static void begin_message(struct text *text, char buffer[MESSAGE_SIZE], const char *owner)
{
	text_init(text, buffer, MESSAGE_SIZE);
	text_add_foreign(text, owner);
	text_add(text, ": ");
}

static void send_step(void *data, const char *owner, const struct step *step, int result, uint64_t duration_us)
{
	const struct domain *domain = data;
	struct address_text address = address_text(step->target);
	char message[MESSAGE_SIZE], microseconds[24];
	struct log_field fields[] = {
		{ "GPU_HANDOFF_DOMAIN", domain->name },
		{ "GPU_HANDOFF_UUID", domain->uuid },
		{ "GPU_HANDOFF_ADDRESS", step_kind_has_target(step->kind) ? address.s : NULL },
		{ "GPU_HANDOFF_STEP", step_kind_name(step->kind) },
		{ "GPU_HANDOFF_OLD", step->old },
		{ "GPU_HANDOFF_NEW", step->new },
		{ "GPU_HANDOFF_USEC", microseconds },
	};
	struct text text;

	/* Nothing to do is nothing to tell. */
	if (result == 1)
		return;
	(void)snprintf(microseconds, sizeof(microseconds), "%" PRIu64, duration_us);
	begin_message(&text, message, owner);
	step_describe_outcome(&text, step, result, duration_us);
	log_send(result < 0 ? LOG_ERR : LOG_INFO, message, fields, sizeof(fields) / sizeof(fields[0]));
}

static void send_sentence(const struct domain *domain, int priority, const char *owner, const char *sentence)
{
	struct log_field fields[] = {
		{ "GPU_HANDOFF_DOMAIN", domain->name },
		{ "GPU_HANDOFF_UUID", domain->uuid },
	};
	char message[MESSAGE_SIZE];
	struct text text;

	begin_message(&text, message, owner);
	text_add(&text, "%s", sentence);
	log_send(priority, message, fields, sizeof(fields) / sizeof(fields[0]));
}

static void send_note(void *data, const char *owner, const char *sentence)
{
	send_sentence(data, LOG_NOTICE, owner, sentence);
}

static void make_ready(void *data)
{
	(void)data;
	log_open();
}

void report_init(struct observer *observer, const struct domain *domain)
{
	*observer = (struct observer){
		.begins = make_ready, .stepped = send_step, .noted = send_note, .data = (void *)domain
	};
}

void report_refusal(const struct domain *domain, const char *operation, const struct refusal *refusal)
{
	char sentence[sizeof(refusal->sentence) + 64];

	(void)snprintf(sentence, sizeof(sentence), "%s refused: %s", operation, refusal->sentence);
	send_sentence(domain, LOG_ERR, domain->name, sentence);
}
