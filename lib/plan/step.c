// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/step.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "model/policy.h"

/* In a sentence: %a the function, %p the pool, %o the old value, %n the new one. Some kinds have a sentence for a case
 * of theirs. */
static const struct {
	const char *name;
	const char *attribute;
	const char *sentence;
	const char *kept;    /* old and new are the same: the kernel changes it on the way, so it is recorded */
	const char *cleared; /* new is none */
	unsigned int deadline_ms;
	enum { ABOUT_HOST, ABOUT_POOL, ABOUT_FUNCTION, TAKES_LOCK } about;
} kinds[] = {
	[STEP_PAGES] = {
		.name = "pages",
		.sentence = "set %p from %o to %n",
		/* Room is made for them by moving what others have. */
		.deadline_ms = 60000,
		.about = ABOUT_POOL,
	},
	[STEP_CPUS] = {
		.name = "cpus",
		.sentence = "take CPUs %n from the host",
		.cleared = "give CPUs %o back to the host",
		/* Of each of its changes. */
		.deadline_ms = 5000,
	},
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
		.about = TAKES_LOCK,
	},
	[STEP_D3COLD] = {
		.name = "d3cold",
		.attribute = "d3cold_allowed",
		.sentence = "set d3cold_allowed of '%a' from '%o' to '%n'",
		.kept = "keep d3cold_allowed of '%a' at '%n'",
		.deadline_ms = 10000,
		.about = TAKES_LOCK,
	},
	[STEP_STOP] = {
		.name = "stop",
		.sentence = "stop '%o'",
		.deadline_ms = 30000,
	},
	[STEP_END] = {
		.name = "end",
		.sentence = "end session '%o'",
		.deadline_ms = 10000,
	},
	[STEP_PERSISTENCE] = {
		.name = "persistence",
		.sentence = "set the persistence mode of '%a' from '%o' to '%n'",
		.deadline_ms = 30000,
		.about = ABOUT_FUNCTION,
	},
	[STEP_FREE] = {
		.name = "free",
		.sentence = "see that nobody uses '%a'",
		.deadline_ms = 10000,
		.about = ABOUT_FUNCTION,
	},
	[STEP_OVERRIDE] = {
		.name = "override",
		.attribute = "driver_override",
		.sentence = "set driver_override of '%a' to '%n'",
		.cleared = "clear driver_override of '%a'",
		.deadline_ms = 10000,
		.about = TAKES_LOCK,
	},
	[STEP_UNBIND] = {
		.name = "unbind",
		.sentence = "unbind '%a' from '%o'",
		.deadline_ms = 30000,
		.about = TAKES_LOCK,
	},
	[STEP_BIND] = {
		.name = "bind",
		.sentence = "bind '%a' to '%n'",
		.deadline_ms = 60000,
		.about = TAKES_LOCK,
	},
	[STEP_START] = {
		.name = "start",
		.sentence = "start '%n'",
		.deadline_ms = 30000,
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

bool step_kind_has_target(enum step_kind kind)
{
	return kinds[kind].about >= ABOUT_FUNCTION;
}

struct step_subject step_subject(const struct step *step)
{
	struct step_subject subject = { 0 };

	if (kinds[step->kind].about == ABOUT_POOL)
		pool_id_text(step->pool, subject.s);
	else
		(void)text_copy(subject.s, sizeof(subject.s), address_text(step->target).s);
	return subject;
}

int step_parse_subject(struct step *step, const char *subject)
{
	if (kinds[step->kind].about == ABOUT_POOL)
		return pool_id_parse(subject, &step->pool);
	return address_parse(subject, &step->target);
}

bool step_kind_is_device(enum step_kind kind)
{
	return kinds[kind].about == TAKES_LOCK;
}

/* Drivers that are known to take longer to let go than any other. */
static const struct {
	const char *driver;
	unsigned int deadline_ms;
} slow_drivers[] = {
	/* drivers/i2c/busses/i2c-nvidia-gpu.c: three minutes were seen (pop-os/system76-power#71) */
	{ "nvidia-gpu", 200000 },
};

unsigned int step_deadline_ms(const struct step *step)
{
	uint64_t seconds;

	for (size_t i = 0; step->kind == STEP_UNBIND && i < sizeof(slow_drivers) / sizeof(slow_drivers[0]); i++) {
		if (strcmp(slow_drivers[i].driver, step->old) == 0)
			return slow_drivers[i].deadline_ms;
	}
	if (step->kind == STEP_FREE && text_parse_number(step->new, 10, POLICY_WAIT_MAX_S, &seconds) == 0)
		return (unsigned int)seconds * 1000;
	return kinds[step->kind].deadline_ms;
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
		else if (*c == 'p')
			text_add(&text, "the huge pages of %" PRIu64 " KiB on node %u", step->pool.page_kib,
				step->pool.node);
		else
			text_add_foreign(&text, *c == 'o' ? step->old : step->new);
	}
}
