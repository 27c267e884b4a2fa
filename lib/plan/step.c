// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/step.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

/* In a sentence: %a the function, %o the old value, %n the new one. */
static const struct {
	const char *name;
	const char *attribute;
	const char *sentence;
	unsigned int deadline_ms;
} kinds[] = {
	[STEP_MODULE] = { "module", NULL, "load the module '%n'", 30000 },
	[STEP_POWER] = { "power", "power/control", "set power/control of '%a' from '%o' to '%n'", 10000 },
	[STEP_D3COLD] = { "d3cold", "d3cold_allowed", "set d3cold_allowed of '%a' from '%o' to '%n'", 10000 },
	[STEP_OVERRIDE] = { "override", "driver_override", "set driver_override of '%a' from '%o' to '%n'", 10000 },
	[STEP_UNBIND] = { "unbind", NULL, "unbind '%a' from '%o'", 200000 },
	[STEP_BIND] = { "bind", NULL, "bind '%a' to '%n'", 60000 },
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

unsigned int step_kind_deadline_ms(enum step_kind kind)
{
	return kinds[kind].deadline_ms;
}

void step_describe(const struct step *step, char sentence[STEP_SENTENCE_SIZE])
{
	struct text text;

	text_init(&text, sentence, STEP_SENTENCE_SIZE);
	for (const char *c = kinds[step->kind].sentence; *c; c++) {
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
