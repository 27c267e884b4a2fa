// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/step.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/plan/plan.h"

static const struct {
	const char *name, *attribute;
} kinds[] = {
	{ "pages", NULL },
	{ "cpus", NULL },
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
	ck_assert_uint_ge(step_deadline_ms(&(struct step){ .kind = kind }), 5000);
	ck_assert_int_eq(step_kind_parse("", &kind), -EINVAL);
	ck_assert_int_eq(step_kind_parse("Bind", &kind), -EINVAL);
	ck_assert_int_eq(kind, _i);
}
END_TEST

static const struct {
	struct step step;
	const char *sentence;
} sentences[] = {
	{ { .kind = STEP_PAGES, .pool = { 1, 2048 }, .old = "0", .new = "512" },
		"set the huge pages of 2048 KiB on node 1 from 0 to 512" },
	{ { .kind = STEP_CPUS, .old = "", .new = "4-7" }, "take CPUs 4-7 from the host" },
	{ { .kind = STEP_CPUS, .old = "4-7", .new = "" }, "give CPUs 4-7 back to the host" },
	{ { .kind = STEP_MODULE, .target = { 0, 0, 0, 0 }, .old = "", .new = "vfio-pci" },
		"load the module 'vfio-pci'" },
	{ { .kind = STEP_POWER, .target = { 0, 1, 0, 0 }, .old = "auto", .new = "on" },
		"set power/control of '0000:01:00.0' from 'auto' to 'on'" },
	{ { .kind = STEP_POWER, .target = { 0, 1, 0, 0 }, .old = "on", .new = "on" },
		"keep power/control of '0000:01:00.0' at 'on'" },
	{ { .kind = STEP_D3COLD, .target = { 0, 1, 0, 0 }, .old = "1", .new = "0" },
		"set d3cold_allowed of '0000:01:00.0' from '1' to '0'" },
	{ { .kind = STEP_UNBIND, .target = { 0x10000, 0xe1, 0, 0 }, .old = "nvme", .new = "" },
		"unbind '10000:e1:00.0' from 'nvme'" },
	{ { .kind = STEP_BIND, .target = { 0, 1, 0, 0 }, .old = "", .new = "vfio-pci" },
		"bind '0000:01:00.0' to 'vfio-pci'" },
	{ { .kind = STEP_BIND, .target = { 0, 1, 0, 0 }, .old = "", .new = "a\x1b%a\n" },
		"bind '0000:01:00.0' to 'a?%a?'" },
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
	/* Nothing is cut off. */
	ck_assert_uint_lt(strlen(sentence), STEP_SENTENCE_SIZE - 1);
}
END_TEST

START_TEST(test_subject)
{
	struct step step = { .kind = STEP_PAGES }, again = { .kind = STEP_PAGES };

	step.pool = (struct pool_id){ 127, 1048576 };
	ck_assert_str_eq(step_subject(&step).s, "node127/hugepages/hugepages-1048576kB");
	ck_assert_int_eq(step_parse_subject(&again, step_subject(&step).s), 0);
	ck_assert_uint_eq(again.pool.node, 127);
	ck_assert_uint_eq(again.pool.page_kib, 1048576);
	step = (struct step){ .kind = STEP_BIND, .target = { 0, 1, 2, 3 } };
	ck_assert_str_eq(step_subject(&step).s, "0000:01:02.3");
}
END_TEST

static const char *const no_pools[] = { "", "node1", "node1/hugepages/hugepages-2048",
	"node1/hugepages/hugepages-2048kB/", "node-1/hugepages/hugepages-2048kB", "node01/hugepages/hugepages-2048kB",
	"node1/hugepages/hugepages-+2048kB", " node1/hugepages/hugepages-2048kB", "node1/hugepages/hugepages- 2048kB",
	"../node1/hugepages/hugepages-2048kB", "node4294967297/hugepages/hugepages-2048kB", "0000:01:00.0" };

START_TEST(test_no_pool)
{
	struct step step = { .kind = STEP_PAGES };

	ck_assert_int_eq(step_parse_subject(&step, no_pools[_i]), -EINVAL);
}
END_TEST

TCase *case_step(void)
{
	TCase *tcase = suite_case("step");

	add_rows(tcase, test_kind, kinds);
	add_rows(tcase, test_sentence, sentences);
	tcase_add_test(tcase, test_subject);
	add_rows(tcase, test_no_pool, no_pools);
	tcase_add_loop_test(tcase, test_longest, 0, STEP_KINDS_);
	return tcase;
}
