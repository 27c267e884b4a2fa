// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/step.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

/* In a sentence: %a the function, %o the old value, %n the new one. Two kinds have a sentence for a case of theirs. */
static const struct {
	const char *name;
	const char *attribute;
	const char *sentence;
	const char *kept;    /* old and new are the same: the kernel changes it on the way, so it is recorded */
	const char *cleared; /* new is none */
	unsigned int deadline_ms;
} kinds[] = {
	[STEP_MODULE] = {
		.name = "module",
		.sentence = "load the module '%n'",
		.deadline_ms = 30000,
	},
	[STEP_POWER] = {
		.name = "power",
		.attribute = "power/control",
		.sentence = "set power/control of '%a' from '%o' to '%n'",
		.kept = "keep power/control of '%a' at '%n'",
		.deadline_ms = 10000,
	},
	[STEP_D3COLD] = {
		.name = "d3cold",
		.attribute = "d3cold_allowed",
		.sentence = "set d3cold_allowed of '%a' from '%o' to '%n'",
		.kept = "keep d3cold_allowed of '%a' at '%n'",
		.deadline_ms = 10000,
	},
	[STEP_OVERRIDE] = {
		.name = "override",
		.attribute = "driver_override",
		.sentence = "set driver_override of '%a' to '%n'",
		.cleared = "clear driver_override of '%a'",
		.deadline_ms = 10000,
	},
	[STEP_UNBIND] = {
		.name = "unbind",
		.sentence = "unbind '%a' from '%o'",
		.deadline_ms = 200000,
	},
	[STEP_BIND] = {
		.name = "bind",
		.sentence = "bind '%a' to '%n'",
		.deadline_ms = 60000,
	},
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == STEP_KINDS_, "a kind of step is not in the table");

const char *step_kind_name(enum step_kind kind)
{
	return kinds[kind].name;
}

int step_kind_parse(const char *name, enum step_kind *ret)
{
	for (unsigned int kind = 0; kind < STEP_KINDS_; kind++) {
		if (strcmp(kinds[kind].name, name) == 0) {
			*ret = (enum step_kind)kind;
			return 0;
		}
	}
	return -EINVAL;
}

const char *step_kind_attribute(enum step_kind kind)
{
	return kinds[kind].attribute;
}

bool step_kind_is_device(enum step_kind kind)
{
	return kinds[kind].attribute || kind == STEP_UNBIND || kind == STEP_BIND;
}

unsigned int step_kind_deadline_ms(enum step_kind kind)
{
	return kinds[kind].deadline_ms;
}

static const char *choose_sentence(const struct step *step)
{
	if (kinds[step->kind].kept && strcmp(step->old, step->new) == 0)
		return kinds[step->kind].kept;
	if (kinds[step->kind].cleared && (!step->new[0] || strcmp(step->new, OVERRIDE_NONE) == 0))
		return kinds[step->kind].cleared;
	return kinds[step->kind].sentence;
}

void step_describe(const struct step *step, char sentence[STEP_SENTENCE_SIZE])
{
	struct text text;

	text_init(&text, sentence, STEP_SENTENCE_SIZE);
	for (const char *c = choose_sentence(step); *c; c++) {
		if (*c != '%') {
			text_add(&text, "%c", *c);
			continue;
		}
		c++;
		if (*c == 'a')
			text_add(&text, "%s", address_text(step->target).s);
		else
			text_add_foreign(&text, *c == 'o' ? step->old : step->new);
	}
}
