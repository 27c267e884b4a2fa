// SPDX-License-Identifier: GPL-2.0-or-later
/* The host's shared knobs, for those VMs that have a claim: taking CPUs and giving them back are the same. */
#include <errno.h>
#include <string.h>

#include "apply/context.h"
#include "apply/execute.h"
#include "apply/ledger.h"
#include "apply/turn.h"
#include "host/manager.h"
#include "plan/settle.h"
#include "probe/knobs.h"

/* More of one kind than that are counted. */
#define TOLD_MAX 8

/* So many may not end in their time: libvirt's daemon waits for each of them. */
#define LATE_MAX 3

/* Nobody waits for it. */
#define RELOAD_DEADLINE_MS 60000

int context_see(struct handover *handover, int runtime, struct refusal *refusal)
{
	struct knobs *knobs = &handover->knobs;
	int r;

	knobs_clear(knobs);
	handover->notes.n = 0;
	r = runtime < 0 ? -ENOENT : ledger_read(runtime, knobs);
	if (r < 0 && r != -ENOENT)
		return refusal_set(refusal, REFUSAL_STATE,
			"cannot read '/run/gpu-handoff/ledger': %s; see to what it names, then remove it",
			r == -EBADMSG ? "it is damaged or of another version"
			: r == -EPERM ? "it is not root's alone"
				      : strerror(-r));
	r = online_probe(handover->host, &handover->online);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_CPUS, "cannot tell which CPUs the host has: %s", strerror(-r));
	/* A recorded machine tells of its CPUs, and not of what runs there. */
	if (handover->host->kernel == &kernel_recorded)
		return 0;
	return knobs_probe(handover->host, &handover->claims, knobs, &handover->notes, refusal);
}

/* What happened to knobs of one kind, or for one reason: the first few by name. */
struct tale {
	char sentence[512];
	struct text text;
	enum event_kind kind;
	unsigned int n;
};

static void tale_begin(struct tale *tale, const char *beginning)
{
	text_init(&tale->text, tale->sentence, sizeof(tale->sentence));
	text_add(&tale->text, "%s", beginning);
	tale->kind = EVENT_NOTE;
	tale->n = 0;
}

static void tale_add(struct tale *tale, const struct knob *knob)
{
	if (tale->n < TOLD_MAX) {
		text_add(&tale->text, "%s ", tale->n ? "," : "");
		knob_describe(&tale->text, knob);
	}
	tale->n++;
}

static void tale_end(struct tale *tale, struct handover *handover, const struct journal *journal)
{
	if (tale->n > TOLD_MAX)
		text_add(&tale->text, " and %u more", tale->n - TOLD_MAX);
	if (tale->n > 0)
		context_say(handover, tale->kind, journal, NULL, tale->sentence);
}

static bool note_foreign(struct handover *handover, const struct journal *journal)
{
	struct tale tale;

	tale_begin(&tale, "somebody else has changed these meanwhile, so they stay as they are:");
	tale.kind = EVENT_LEFT;
	for (unsigned int i = 0; i < handover->knobs.n_knobs; i++) {
		if (handover->knobs.knobs[i].foreign)
			tale_add(&tale, &handover->knobs.knobs[i]);
	}
	tale_end(&tale, handover, journal);
	return tale.n > 0;
}

static bool is_late(int r)
{
	return r == KERNEL_STUCK || r == -ETIMEDOUT;
}

static void explain(struct handover *handover, const struct knob *knob, int r)
{
	struct text text;

	text_init(&text, handover->why, sizeof(handover->why));
	knob_describe(&text, knob);
	text_add(&text, " cannot become ");
	knob_describe_value(&text, knob->kind, &knob->want);
	text_add(&text, ": %s",
		r == TURN_NO_EFFECT ? "it was accepted and nothing changed"
		: is_late(r)        ? "it did not end in its time"
				    : strerror(-r));
}

static bool any(const struct knobs *knobs, bool (*is)(const struct knob *knob))
{
	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		if (is(&knobs->knobs[i]))
			return true;
	}
	return false;
}

static bool is_file(const union knob_value *dropin)
{
	return strcmp(dropin->word, DROPIN_FILE) == 0;
}

/* By the ledger: it had gone when a handover was killed, and perhaps systemd was not told. */
static bool has_lost_dropin(const struct knob *knob)
{
	return knob->kind == KNOB_DROPIN && knob->known && knob->seen && is_file(&knob->last) &&
	       !is_file(&knob->current);
}

/* It goes now; systemd makes it first where it is told of the unit's CPUs. */
static bool loses_dropin(struct knobs *knobs, const struct knob *knob)
{
	const struct knob *allowed;

	if (knob->kind != KNOB_DROPIN || !knob_is_due(knob) || is_file(&knob->want))
		return false;
	allowed = knobs_find(knobs, KNOB_ALLOWED, knob->key);
	return is_file(&knob->current) || (allowed && knob_is_due(allowed));
}

static bool any_loses_dropin(struct knobs *knobs)
{
	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		if (loses_dropin(knobs, &knobs->knobs[i]))
			return true;
	}
	return false;
}

/* When CPUs are taken, all that stay; later those that stay away from what they were. */
static bool is_worth_telling(const struct journal *journal, const struct knob *knob)
{
	return journal->state == JOURNAL_TAKING || knob_same(knob->kind, &knob->want, &knob->base);
}

/* The directory of all of them goes with the last, which may have been made after it was first looked at. */
static void tidy_dropins(const struct turning *turning)
{
	for (unsigned int i = 0; i < turning->knobs->n_knobs; i++) {
		const struct knob *knob = &turning->knobs->knobs[i];

		if (knob->kind == KNOB_DROPIN && knob->known && knob->seen && !knob->foreign &&
			strcmp(knob->base.word, DROPIN_NOTHING) == 0 && !is_file(&knob->want))
			(void)knob_turn(turning, knob);
	}
}

/*
 * Returns 0, or why the first of those that VMs cannot do without did not turn; the others are turned all the same.
 * When that one was late, or LATE_MAX of the rest, none after it is. *ret_unreached becomes true when one of these has
 * neither its base nor what is wanted.
 */
static int turn_all(struct handover *handover, const struct journal *journal, bool *ret_unreached)
{
	struct knobs *knobs = &handover->knobs;
	const struct turning turning = { handover->host, knobs, &handover->online };
	struct tale tale, cut;
	unsigned int n_late = 0;
	int result = 0;

	tale_begin(&cut, "the kernel keeps no CPUs that are offline of these:");
	tale_begin(&tale, "these cannot be changed, so they stay as they are:");
	for (unsigned int kind = 0; kind < KNOB_KINDS_; kind++) {
		for (unsigned int i = 0; i < knobs->n_knobs && !is_late(result); i++) {
			const struct knob *knob = &knobs->knobs[i];
			int r;

			if (knob->kind != kind || !knob_is_due(knob))
				continue;
			r = knob_turn(&turning, knob);
			handover->n_turned += r == 0;
			n_late += is_late(r);
			if (r == TURN_CUT)
				tale_add(&cut, knob);
			if (r < 0 && knob_kind_is_optional((enum knob_kind)kind) && n_late < LATE_MAX) {
				*ret_unreached = *ret_unreached || !knob_same(knob->kind, &knob->current, &knob->base);
				if (is_worth_telling(journal, knob))
					tale_add(&tale, knob);
			} else if (r < 0 && result == 0) {
				explain(handover, knob, r);
				result = r;
			}
		}
	}
	tale_end(&tale, handover, journal);
	tale_end(&cut, handover, journal);
	tidy_dropins(&turning);
	return result;
}

/* Nobody has a claim any more, and who gives back is not to fail for it: it cannot be done now. */
static void note_offline(struct handover *handover, const struct journal *journal)
{
	struct tale tale;

	if (handover->claims.n_claims > 0)
		return;
	tale_begin(
		&tale, "these are of CPUs that are offline, so recovery has to put them back once these are online:");
	for (unsigned int i = 0; i < handover->knobs.n_knobs; i++) {
		if (handover->knobs.knobs[i].hidden && handover->knobs.knobs[i].offline)
			tale_add(&tale, &handover->knobs.knobs[i]);
	}
	tale_end(&tale, handover, journal);
}

/*
 * What could not be looked at stays in the ledger, and may have any of its values there, unless it was settled. Whoever
 * gives CPUs back is told that this is not done yet.
 */
static int check_hidden(struct handover *handover, const struct journal *journal, bool *ret_unreached)
{
	struct text text;

	text_init(&text, handover->why, sizeof(handover->why));
	for (unsigned int i = 0; i < handover->knobs.n_knobs; i++) {
		const struct knob *knob = &handover->knobs.knobs[i];

		if (!knob->hidden)
			continue;
		*ret_unreached = *ret_unreached || !handover->knobs.settled;
		if (knob_kind_is_optional(knob->kind) || knob->kind == KNOB_GOVERNOR ||
			journal->state == JOURNAL_TAKING)
			continue;
		text_add(&text, "nobody tells of the ");
		knob_describe(&text, knob);
		return -EAGAIN;
	}
	return 0;
}

static int settle(struct handover *handover, int runtime, const struct journal *journal)
{
	struct knobs *knobs = &handover->knobs;
	bool foreign, stale = !knobs->settled && any(knobs, has_lost_dropin), unreached = false;
	int r;

	plan_settle(&handover->knobs, &handover->claims, &handover->online);
	foreign = note_foreign(handover, journal);
	r = ledger_write(runtime, knobs);
	if (r < 0)
		return r;
	r = turn_all(handover, journal, &unreached);
	/* It would say of these units that their files have changed. */
	if (stale || any_loses_dropin(knobs))
		(void)handover->host->manager->reload(handover->host, RELOAD_DEADLINE_MS);
	if (r < 0)
		return r == KERNEL_STUCK ? STEP_LATE : r == TURN_NO_EFFECT ? STEP_NO_EFFECT : r;
	note_offline(handover, journal);
	r = check_hidden(handover, journal, &unreached);
	/* What is not as it should be is for the next time. */
	if (r == 0 && !unreached)
		r = any(knobs, knob_is_turned) ? ledger_mark(runtime) : ledger_remove(runtime);
	return r < 0 ? r : foreign ? STEP_STALE : 0;
}

int context_settle(struct handover *handover, int runtime, const struct journal *journal)
{
	struct refusal refusal;
	int r;

	handover->why[0] = '\0';
	handover->n_turned = 0;
	r = context_gather(handover, runtime, NULL);
	if (r < 0)
		return r;
	if (handover->claims.n_claims == 0 && !ledger_exists(runtime)) {
		ledger_tidy(runtime);
		return 1;
	}
	r = context_see(handover, runtime, &refusal);
	if (r < 0) {
		(void)text_copy(handover->why, sizeof(handover->why), refusal.sentence);
		return -ECANCELED;
	}
	/* When CPUs are taken, the plan has told already. */
	for (unsigned int i = 0; i < handover->notes.n && journal->state != JOURNAL_TAKING; i++)
		context_note(handover, journal, handover->notes.lines[i]);
	return settle(handover, runtime, journal);
}
