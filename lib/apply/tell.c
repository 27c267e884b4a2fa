// SPDX-License-Identifier: GPL-2.0-or-later
/* What a handover tells its observer: its beginning, each step, what is worth knowing, and the sum. */
#include <inttypes.h>
#include <string.h>

#include "apply/context.h"
#include "apply/execute.h"
#include "base/clock.h"

#define SENTENCE_SIZE 1024

/* So many cards are named. */
#define CARDS_MAX 8

void context_tell(struct handover *handover, const struct event *event)
{
	if (handover->observer && handover->observer->told)
		handover->observer->told(handover->observer->data, event);
}

void context_say(struct handover *handover, enum event_kind kind, const struct journal *journal,
	const struct address *address, const char *sentence)
{
	const struct event event = {
		.kind = kind,
		.owner = journal_owner(journal),
		.sentence = sentence,
		.plan = &journal->plan,
		.address = address,
	};

	context_tell(handover, &event);
}

void context_note(struct handover *handover, const struct journal *journal, const char *sentence)
{
	context_say(handover, EVENT_NOTE, journal, NULL, sentence);
}

static enum event_kind step_event(const struct step *step, int r)
{
	if (r == STEP_STALE || r == STEP_GONE)
		return EVENT_LEFT;
	if (r < 0)
		return EVENT_STEP_FAILED;
	return step->kind == STEP_CPUS ? EVENT_CPUS : EVENT_STEP;
}

void context_tell_step(
	struct handover *handover, const struct journal *journal, const struct step *step, int r, uint64_t begin)
{
	char sentence[2 * STEP_SENTENCE_SIZE];
	struct event event = {
		.kind = step_event(step, r),
		.owner = journal_owner(journal),
		.sentence = sentence,
		.plan = &journal->plan,
		.address = step_kind_has_target(step->kind) ? &step->target : NULL,
		.step = step,
		.result = r,
		.duration_us = clock_now_us() - begin,
	};
	struct text text;

	if (r == 1)
		return;
	handover->n_changes += r == 0 && step->kind != STEP_FREE;
	text_init(&text, sentence, sizeof(sentence));
	step_describe_outcome(&text, step, r, event.duration_us);
	context_tell(handover, &event);
}

static void add_cards(struct text *text, const struct plan *plan)
{
	unsigned int n_cards = 0, n = 0;

	for (unsigned int i = 0; i < plan->n_taken; i += n) {
		for (n = 1;
			i + n < plan->n_taken && address_same_slot(plan->taken[i].address, plan->taken[i + n].address);)
			n++;
		if (n_cards++ >= CARDS_MAX)
			continue;
		text_add(text, "%s'%s' (%u function%s)", text->length ? ", " : "",
			address_text(plan->taken[i].address).s, n, n == 1 ? "" : "s");
	}
	if (n_cards > CARDS_MAX)
		text_add(text, " and %u more cards", n_cards - CARDS_MAX);
}

static uint64_t count_pages_mib(const struct plan *plan)
{
	uint64_t kib = 0, old, new;

	for (unsigned int i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_PAGES && text_parse_number(step->old, 10, UINT64_MAX, &old) == 0 &&
			text_parse_number(step->new, 10, UINT64_MAX, &new) == 0 && new > old)
			kib += (new - old) * step->pool.page_kib;
	}
	return kib / 1024;
}

/* What it has of the host: "'0000:01:00.0' (4 functions), CPUs 4-7, 1024 MiB of huge pages". */
static void describe_things(char buffer[SENTENCE_SIZE], const struct plan *plan)
{
	uint64_t mib = count_pages_mib(plan);
	struct text text;

	text_init(&text, buffer, SENTENCE_SIZE);
	add_cards(&text, plan);
	for (unsigned int i = 0; i < plan->n_steps; i++) {
		if (plan->steps[i].kind == STEP_CPUS && plan->steps[i].new[0]) {
			text_add(&text, "%sCPUs ", text.length ? ", " : "");
			text_add_foreign(&text, plan->steps[i].new);
		}
	}
	if (mib)
		text_add(&text, "%s%" PRIu64 " MiB of huge pages", text.length ? ", " : "", mib);
	if (!text.length)
		text_add(&text, "settings");
}

void context_begin_sum(struct handover *handover)
{
	handover->begun_us = clock_now_us();
	handover->n_changes = 0;
}

void context_tell_intent(struct handover *handover, enum event_kind kind, const struct journal *journal)
{
	char sentence[SENTENCE_SIZE + 64], things[SENTENCE_SIZE];
	struct text text;

	describe_things(things, &journal->plan);
	text_init(&text, sentence, sizeof(sentence));
	if (kind == EVENT_TAKES)
		text_add(&text, "taking %s from the host, in %u step%s", things, journal->plan.n_steps,
			journal->plan.n_steps == 1 ? "" : "s");
	else
		text_add(&text, "returning %s to the host", things);
	context_say(handover, kind, journal, NULL, sentence);
}

static void add_what_was_done(struct text *text, enum event_kind kind, const struct journal *journal)
{
	char things[SENTENCE_SIZE];

	describe_things(things, &journal->plan);
	if (kind == EVENT_RETURNED)
		text_add(text, "returned %s to the host", things);
	else if (kind == EVENT_RECOVERED)
		text_add(text, "put back %s", things);
	else if (journal->kind == JOURNAL_DOMAIN)
		text_add(text, "gave it %s", things);
	else
		text_add(text, "took %s from the host", things);
}

void context_tell_sum(struct handover *handover, enum event_kind kind, const struct journal *journal, int r)
{
	char sentence[SENTENCE_SIZE + 160];
	struct event event = {
		.kind = kind,
		.owner = journal_owner(journal),
		.sentence = sentence,
		.plan = &journal->plan,
		.result = r,
		.duration_us = clock_now_us() - handover->begun_us,
		.changes = handover->n_changes,
	};
	struct text text;

	text_init(&text, sentence, sizeof(sentence));
	add_what_was_done(&text, kind, journal);
	text_add(&text, " in %" PRIu64 " ms, %u change%s", event.duration_us / 1000, event.changes,
		event.changes == 1 ? "" : "s");
	if (r == 1)
		text_add(&text, "; what somebody else had changed was left alone");
	context_tell(handover, &event);
}
