// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/knob.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define SLOTS (2 * KNOBS_MAX)

_Static_assert(KNOBS_MAX < UINT16_MAX, "a slot has no room for the index of a knob");

static const struct {
	const char *name;
	bool has_words;
} kinds[] = {
	[KNOB_BALANCER] = { "balancer", false },
	[KNOB_DEFAULT] = { "default", false },
	[KNOB_INTERRUPT] = { "interrupt", false },
	[KNOB_WORKQUEUE] = { "workqueue", false },
	[KNOB_ALLOWED] = { "allowed", false },
	[KNOB_CPUSET] = { "cpuset", false },
	[KNOB_DROPIN] = { "dropin", true },
	[KNOB_THREAD] = { "thread", false },
	[KNOB_LATENCY] = { "latency", true },
	[KNOB_GOVERNOR] = { "governor", true },
	[KNOB_PREFERENCE] = { "preference", true },
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == KNOB_KINDS_, "a kind of knob has no row");

void knobs_clear(struct knobs *knobs)
{
	/* Those that are there are cleared when they are put. */
	knobs->settled = false;
	knobs->blind = 0;
	knobs->n_knobs = 0;
	knobs->n_needs = knobs->n_ways = 0;
	memset(knobs->slots, 0, sizeof(knobs->slots));
}

/* FNV-1a. A stranger who makes keys collide makes us slow, by the square of their number. */
static uint32_t hash(enum knob_kind kind, const char *key)
{
	uint32_t h = (2166136261u ^ (uint32_t)kind) * 16777619u;

	for (; *key; key++)
		h = (h ^ (unsigned char)*key) * 16777619u;
	return h ^ h >> 16;
}

/* The slot that has it, or else the free one where it would be: half of them are free at least. */
static uint16_t *find_slot(struct knobs *knobs, enum knob_kind kind, const char *key)
{
	for (uint32_t i = hash(kind, key);; i++) {
		uint16_t *slot = &knobs->slots[i % SLOTS];
		const struct knob *knob = *slot ? &knobs->knobs[*slot - 1] : NULL;

		if (!knob || (knob->kind == kind && strcmp(knob->key, key) == 0))
			return slot;
	}
}

struct knob *knobs_find(struct knobs *knobs, enum knob_kind kind, const char *key)
{
	uint16_t slot = *find_slot(knobs, kind, key);

	return slot ? &knobs->knobs[slot - 1] : NULL;
}

struct knob *knobs_put(struct knobs *knobs, enum knob_kind kind, const char *key)
{
	uint16_t *slot = find_slot(knobs, kind, key);
	struct knob *knob;

	if (*slot)
		return &knobs->knobs[*slot - 1];
	if (knobs->n_knobs == KNOBS_MAX || strlen(key) >= KNOB_KEY_SIZE)
		return NULL;
	knob = &knobs->knobs[knobs->n_knobs];
	memset(knob, 0, sizeof(*knob));
	knob->kind = kind;
	knob->exempt = -1;
	(void)text_copy(knob->key, sizeof(knob->key), key);
	*slot = (uint16_t)++knobs->n_knobs;
	return knob;
}

static struct knob *see(struct knobs *knobs, enum knob_kind kind, const char *key, const union knob_value *current)
{
	struct knob *knob = knobs_put(knobs, kind, key);

	if (!knob)
		return NULL;
	knob->seen = true;
	knob->current = *current;
	if (!knob->known)
		knob->base = knob->last = knob->want = *current;
	return knob;
}

struct knob *knobs_see_cpus(struct knobs *knobs, enum knob_kind kind, const char *key, const struct cpuset *current)
{
	union knob_value value = { .cpus = *current };

	return see(knobs, kind, key, &value);
}

struct knob *knobs_see_word(struct knobs *knobs, enum knob_kind kind, const char *key, const char *current)
{
	union knob_value value = { 0 };

	if (text_copy(value.word, sizeof(value.word), current) < 0)
		return NULL;
	return see(knobs, kind, key, &value);
}

const char *knob_kind_name(enum knob_kind kind)
{
	return kinds[kind].name;
}

int knob_kind_parse(const char *name, enum knob_kind *ret)
{
	for (unsigned int i = 0; i < KNOB_KINDS_; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			*ret = (enum knob_kind)i;
			return 0;
		}
	}
	return -EINVAL;
}

bool knob_kind_has_words(enum knob_kind kind)
{
	return kinds[kind].has_words;
}

bool knob_same(enum knob_kind kind, const union knob_value *a, const union knob_value *b)
{
	return kinds[kind].has_words ? strcmp(a->word, b->word) == 0 : cpuset_same(&a->cpus, &b->cpus);
}
