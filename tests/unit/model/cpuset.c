// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cpuset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/model/model.h"

static struct cpuset set_of(const char *list)
{
	struct cpuset set = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &set), 0);
	return set;
}

/* Each relation of two sets, both ways round, and what of the first is left when the second is taken or kept. */
static const struct {
	const char *a, *b, *without, *kept;
	bool intersects, contains;
} pairs[] = {
	{ "", "", "", "", false, true },
	{ "0-3", "", "0-3", "", false, true },
	{ "", "0-3", "", "", false, false },
	{ "0-3", "0-3", "", "0-3", true, true },
	{ "0-3", "2", "0-1,3", "2", true, true },
	{ "0-3", "3-4", "0-2", "3", true, false },
	{ "63-64", "64", "63", "64", true, true },
	{ "0-2047", "1-2046", "0,2047", "1-2046", true, true },
	{ "2047", "0-2046", "2047", "", false, false },
};

START_TEST(test_pairs)
{
	struct cpuset a = set_of(pairs[_i].a), b = set_of(pairs[_i].b), without = a, kept = a, both;

	cpuset_remove_all(&without, &b);
	ck_assert_str_eq(cpuset_text(&without).s, pairs[_i].without);
	cpuset_keep_all(&kept, &b);
	ck_assert_str_eq(cpuset_text(&kept).s, pairs[_i].kept);
	ck_assert_int_eq(cpuset_intersects(&a, &b), pairs[_i].intersects);
	ck_assert_int_eq(cpuset_intersects(&b, &a), pairs[_i].intersects);
	ck_assert_int_eq(cpuset_contains(&a, &b), pairs[_i].contains);
	ck_assert_int_eq(cpuset_is_empty(&a), !*pairs[_i].a);
	ck_assert_int_eq(cpuset_same(&a, &b), strcmp(pairs[_i].a, pairs[_i].b) == 0);
	both = without;
	cpuset_add_all(&both, &kept);
	ck_assert(cpuset_same(&both, &a));
}
END_TEST

static const struct {
	const char *text, *set, *again;
} masks[] = {
	{ "ff", "0-7", "000000ff" },
	{ "00000000,000000ff", "0-7", "000000ff" },
	{ "FFffFFff", "0-31", "ffffffff" },
	{ "1,00000000", "32", "00000001,00000000" },
	{ "80000000,00000000,00000001", "0,95", "80000000,00000000,00000001" },
	{ "f,f", "0-3,32-35", "0000000f,0000000f" },
	{ "0", "", "00000000" },
	{ "00000000,00000000", "", "00000000" },
};

START_TEST(test_masks)
{
	struct cpuset set;

	ck_assert_int_eq(cpuset_mask_parse(masks[_i].text, &set), 0);
	ck_assert_str_eq(cpuset_text(&set).s, masks[_i].set);
	ck_assert_str_eq(cpuset_mask_text(&set).s, masks[_i].again);
}
END_TEST

static const char *const no_masks[] = { "", ",", "ff,", ",ff", "ff,,ff", "0xff", "fg", " ff", "ff ", "-1", "0-3",
	"000000000", "1ffffffff", "ff\n" };

START_TEST(test_no_masks)
{
	struct cpuset set, untouched;

	memset(&untouched, 0xa5, sizeof(untouched));
	set = untouched;
	ck_assert_int_eq(cpuset_mask_parse(no_masks[_i], &set), -EINVAL);
	ck_assert_mem_eq(&set, &untouched, sizeof(set));
}
END_TEST

/* Every CPU, alone, with all below it, and in the largest set; and the first one that is out of range. */
START_TEST(test_mask_sizes)
{
	struct cpuset below = { 0 }, again;
	char large[CPUSET_MASK_SIZE + 16];

	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu++) {
		struct cpuset one = { 0 };

		cpuset_add(&one, cpu);
		cpuset_add(&below, cpu);
		ck_assert_int_eq(cpuset_mask_parse(cpuset_mask_text(&one).s, &again), 0);
		ck_assert(cpuset_same(&one, &again));
		ck_assert_uint_eq(strlen(cpuset_mask_text(&one).s), cpu / 32 * 9 + 8);
		ck_assert_int_eq(cpuset_mask_parse(cpuset_mask_text(&below).s, &again), 0);
		ck_assert(cpuset_same(&below, &again));
	}
	ck_assert_uint_eq(strlen(cpuset_mask_text(&below).s), 575);
	(void)snprintf(large, sizeof(large), "0,%s", cpuset_mask_text(&below).s);
	ck_assert_int_eq(cpuset_mask_parse(large, &again), 0);
	ck_assert(cpuset_same(&below, &again));
	large[0] = '1';
	ck_assert_int_eq(cpuset_mask_parse(large, &again), -ERANGE);
}
END_TEST

TCase *case_cpuset(void)
{
	TCase *tcase = suite_case("cpuset");

	add_rows(tcase, test_pairs, pairs);
	add_rows(tcase, test_masks, masks);
	add_rows(tcase, test_no_masks, no_masks);
	tcase_add_test(tcase, test_mask_sizes);
	return tcase;
}
