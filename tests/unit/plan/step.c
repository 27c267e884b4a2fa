// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/step.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/plan/plan.h"

static const struct {
	const char *name, *attribute;
} kinds[] = {
	{ "module", NULL },
	{ "power", "power/control" },
	{ "d3cold", "d3cold_allowed" },
	{ "stop", NULL },
	{ "end", NULL },
	{ "persistence", NULL },
	{ "free", NULL },
	{ "override", "driver_override" },
	{ "unbind", NULL },
	{ "bind", NULL },
	{ "start", NULL },
};

START_TEST(test_kind)
{
	enum step_kind kind = STEP_KINDS_;

	ck_assert_int_eq(COUNT(kinds), STEP_KINDS_);
	ck_assert_int_eq(step_kind_parse(kinds[_i].name, &kind), 0);
	ck_assert_int_eq(kind, _i);
	ck_assert_str_eq(step_kind_name(kind), kinds[_i].name);
	ck_assert_pstr_eq(step_kind_attribute(kind), kinds[_i].attribute);
	ck_assert_uint_ge(step_deadline_ms(&(struct step){ .kind = kind }), 10000);
	ck_assert_int_eq(step_kind_parse("", &kind), -EINVAL);
	ck_assert_int_eq(step_kind_parse("Bind", &kind), -EINVAL);
	ck_assert_int_eq(kind, _i);
}
END_TEST

static const struct {
	struct step step;
	const char *sentence;
} sentences[] = {
	{ { STEP_MODULE, { 0, 0, 0, 0 }, "", "vfio-pci" }, "load the module 'vfio-pci'" },
	{ { STEP_POWER, { 0, 1, 0, 0 }, "auto", "on" }, "set power/control of '0000:01:00.0' from 'auto' to 'on'" },
	{ { STEP_POWER, { 0, 1, 0, 0 }, "on", "on" }, "keep power/control of '0000:01:00.0' at 'on'" },
	{ { STEP_D3COLD, { 0, 1, 0, 0 }, "1", "0" }, "set d3cold_allowed of '0000:01:00.0' from '1' to '0'" },
	{ { STEP_UNBIND, { 0x10000, 0xe1, 0, 0 }, "nvme", "" }, "unbind '10000:e1:00.0' from 'nvme'" },
	{ { STEP_BIND, { 0, 1, 0, 0 }, "", "vfio-pci" }, "bind '0000:01:00.0' to 'vfio-pci'" },
	{ { STEP_BIND, { 0, 1, 0, 0 }, "", "a\x1b%a\n" }, "bind '0000:01:00.0' to 'a?%a?'" },
};

START_TEST(test_sentence)
{
	char sentence[STEP_SENTENCE_SIZE];

	step_describe(&sentences[_i].step, sentence);
	ck_assert_str_eq(sentence, sentences[_i].sentence);
}
END_TEST

/* The longest values: a whole sentence all the same. */
START_TEST(test_longest)
{
	struct step step = { .target = { 0xffffffff, 255, 31, 7 } };
	char sentence[STEP_SENTENCE_SIZE];

	memset(step.old, 'o', sizeof(step.old) - 1);
	memset(step.new, 'n', sizeof(step.new) - 1);
	step.kind = (enum step_kind)_i;
	step_describe(&step, sentence);
	ck_assert_int_eq(sentence[strlen(sentence) - 1], '\'');
	ck_assert_uint_lt(strlen(sentence), STEP_SENTENCE_SIZE - 1);
}
END_TEST

TCase *case_step(void)
{
	TCase *tcase = suite_case("step");

	add_rows(tcase, test_kind, kinds);
	add_rows(tcase, test_sentence, sentences);
	tcase_add_loop_test(tcase, test_longest, 0, STEP_KINDS_);
	return tcase;
}
