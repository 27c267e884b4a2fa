// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ledger_parse(): knobs that are known, each once; what ends early reads too; and without claims all that nobody else
 * has turned goes back to its base.
 */
#include <errno.h>

#include "apply/ledger.h"
#include "plan/settle.h"
#include "tests/fuzz/fuzz.h"

static struct knobs knobs;

static void promise_value(enum knob_kind kind, const union knob_value *value)
{
	size_t length = knob_kind_has_words(kind) ? strnlen(value->word, KNOB_WORD_SIZE) : sizeof(*value);

	PROMISE(!knob_kind_has_words(kind) || length < KNOB_WORD_SIZE);
	for (; length < sizeof(*value); length++)
		PROMISE(((const char *)value)[length] == 0);
}

static void promise_knobs(void)
{
	PROMISE(knobs.n_knobs <= KNOBS_MAX && knobs.n_needs == 0);
	for (unsigned int i = 0; i < knobs.n_knobs; i++) {
		const struct knob *knob = &knobs.knobs[i];

		PROMISE(knob->kind < KNOB_KINDS_ && memchr(knob->key, '\0', sizeof(knob->key)));
		PROMISE(knobs_find(&knobs, knob->kind, knob->key) == knob);
		PROMISE(knob->known && !knob->seen && !knob->foreign && knob->exempt == -1);
		promise_value(knob->kind, &knob->base);
		promise_value(knob->kind, &knob->last);
		promise_value(knob->kind, &knob->want);
		PROMISE(!knob_is_due(knob) && !knob_is_turned(knob));
	}
}

/* The host has what was wanted of one half, and the base of the other. */
static void promise_back(void)
{
	static const struct claims none;
	struct cpuset online = { 0 };

	cpuset_add(&online, 0);
	for (unsigned int i = 0; i < knobs.n_knobs; i++) {
		knobs.knobs[i].seen = true;
		knobs.knobs[i].current = i % 2 ? knobs.knobs[i].base : knobs.knobs[i].want;
	}
	plan_settle(&knobs, &none, &online);
	for (unsigned int i = 0; i < knobs.n_knobs; i++) {
		const struct knob *knob = &knobs.knobs[i];

		PROMISE(!knob->foreign && !knob_is_turned(knob));
		PROMISE(knob_same(knob->kind, &knob->want, &knob->base));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int r;

	knobs_clear(&knobs);
	r = ledger_parse((const char *)data, size, &knobs);
	PROMISE(r == 0 || r == -EBADMSG);
	if (r < 0)
		return 0;
	promise_knobs();
	promise_back();
	/* Whatever ended the process that marked it. */
	for (size_t cut = size / 2; cut < size; cut += 1 + size / 16) {
		knobs_clear(&knobs);
		r = ledger_parse((const char *)data, cut, &knobs);
		PROMISE(r == 0 || cut < strlen("gpu-handoff ledger 1\n"));
	}
	return 0;
}
