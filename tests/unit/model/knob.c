// SPDX-License-Identifier: GPL-2.0-or-later
/* Knobs by kind and key, and what claims isolate. */
#include "model/knob.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/claim.h"
#include "tests/unit/model/model.h"

static struct knobs knobs;

static struct cpuset set_of(const char *list)
{
	struct cpuset set = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &set), 0);
	return set;
}

START_TEST(test_kind)
{
	static const char *const words[] = { "dropin", "latency", "governor", "preference" };
	const char *name = knob_kind_name((enum knob_kind)_i);
	enum knob_kind kind = KNOB_KINDS_;
	bool has_words = false;

	ck_assert_int_eq(knob_kind_parse(name, &kind), 0);
	ck_assert_int_eq((int)kind, _i);
	for (int i = 0; i < COUNT(words); i++)
		has_words = has_words || strcmp(words[i], name) == 0;
	ck_assert_int_eq(knob_kind_has_words(kind), has_words);
}
END_TEST

START_TEST(test_no_kind)
{
	enum knob_kind kind = KNOB_KINDS_;

	ck_assert_int_eq(knob_kind_parse("", &kind), -EINVAL);
	ck_assert_int_eq(knob_kind_parse("allow", &kind), -EINVAL);
	ck_assert_int_eq(knob_kind_parse("Allowed", &kind), -EINVAL);
	ck_assert_int_eq((int)kind, (int)KNOB_KINDS_);
}
END_TEST

START_TEST(test_same)
{
	union knob_value a = { .word = "powersave" }, b = { .word = "powersave" };

	/* What stands behind the end of a word does not count; of CPUs all do. */
	b.word[KNOB_WORD_SIZE - 1] = 'x';
	ck_assert(knob_same(KNOB_GOVERNOR, &a, &b));
	ck_assert(!knob_same(KNOB_THREAD, &a, &b));
	b.word[0] = 'P';
	ck_assert(!knob_same(KNOB_GOVERNOR, &a, &b));
	a.cpus = set_of("2047");
	b.cpus = set_of("2047");
	ck_assert(knob_same(KNOB_THREAD, &a, &b));
}
END_TEST

START_TEST(test_see)
{
	struct cpuset four = set_of("0-3"), two = set_of("0-1");
	struct knob *knob;

	knobs_clear(&knobs);
	ck_assert_ptr_null(knobs_find(&knobs, KNOB_ALLOWED, "system.slice"));
	knob = knobs_see_cpus(&knobs, KNOB_ALLOWED, "system.slice", &four);
	ck_assert(knob->seen && !knob->known && !knob->foreign && knob->exempt == -1);
	ck_assert(cpuset_same(&knob->current.cpus, &four) && cpuset_same(&knob->base.cpus, &four));
	ck_assert(cpuset_same(&knob->last.cpus, &four) && cpuset_same(&knob->want.cpus, &four));
	ck_assert_ptr_eq(knobs_find(&knobs, KNOB_ALLOWED, "system.slice"), knob);
	ck_assert_ptr_null(knobs_find(&knobs, KNOB_CPUSET, "system.slice"));
	ck_assert_ptr_null(knobs_find(&knobs, KNOB_ALLOWED, "system"));
	/* What the ledger says of one stays. */
	knob = knobs_put(&knobs, KNOB_CPUSET, "system.slice");
	knob->known = true;
	knob->base.cpus = four;
	ck_assert_ptr_eq(knobs_see_cpus(&knobs, KNOB_CPUSET, "system.slice", &two), knob);
	ck_assert(cpuset_same(&knob->current.cpus, &two) && cpuset_same(&knob->base.cpus, &four));
	ck_assert(cpuset_is_empty(&knob->want.cpus));
	ck_assert_uint_eq(knobs.n_knobs, 2);
}
END_TEST

/* The longest key and word, and those that are longer by one: nothing is cut. */
START_TEST(test_long)
{
	char key[KNOB_KEY_SIZE + 1], word[KNOB_WORD_SIZE + 1];

	knobs_clear(&knobs);
	memset(key, 'k', sizeof(key));
	memset(word, 'w', sizeof(word));
	key[KNOB_KEY_SIZE] = word[KNOB_WORD_SIZE] = '\0';
	ck_assert_ptr_null(knobs_see_word(&knobs, KNOB_GOVERNOR, key, "w"));
	ck_assert_ptr_null(knobs_see_word(&knobs, KNOB_GOVERNOR, "0", word));
	ck_assert_uint_eq(knobs.n_knobs, 0);
	key[KNOB_KEY_SIZE - 1] = word[KNOB_WORD_SIZE - 1] = '\0';
	ck_assert_str_eq(knobs_see_word(&knobs, KNOB_GOVERNOR, key, word)->current.word, word);
	ck_assert_str_eq(knobs_find(&knobs, KNOB_GOVERNOR, key)->key, key);
}
END_TEST

/* Full, each is found and none is added; cleared, none is found and all are as new. */
START_TEST(test_full)
{
	char key[32];

	knobs_clear(&knobs);
	for (unsigned int i = 0; i < KNOBS_MAX; i++) {
		(void)snprintf(key, sizeof(key), "%u", i / 2);
		ck_assert_ptr_eq(
			knobs_see_word(&knobs, i % 2 ? KNOB_LATENCY : KNOB_GOVERNOR, key, key), &knobs.knobs[i]);
	}
	ck_assert_ptr_null(knobs_put(&knobs, KNOB_LATENCY, "more"));
	for (unsigned int i = 0; i < KNOBS_MAX; i++) {
		(void)snprintf(key, sizeof(key), "%u", i / 2);
		ck_assert_ptr_eq(knobs_put(&knobs, i % 2 ? KNOB_LATENCY : KNOB_GOVERNOR, key), &knobs.knobs[i]);
		knobs.knobs[i].known = true;
	}
	knobs.settled = true;
	knobs.n_needs = 3;
	knobs_clear(&knobs);
	ck_assert(!knobs.settled && knobs.n_knobs == 0 && knobs.n_needs == 0);
	ck_assert_ptr_null(knobs_find(&knobs, KNOB_GOVERNOR, "0"));
	ck_assert(!knobs_put(&knobs, KNOB_GOVERNOR, "7")->known);
	ck_assert_str_eq(knobs_find(&knobs, KNOB_GOVERNOR, "7")->current.word, "");
}
END_TEST

START_TEST(test_isolated)
{
	static struct claims claims;
	struct cpuset isolated;

	isolated = claims_isolated(&claims, -1);
	ck_assert(cpuset_is_empty(&isolated));
	claims.claims[claims.n_claims++] = (struct claim){ .cpus = set_of("2-3"), .isolate = true };
	claims.claims[claims.n_claims++] = (struct claim){ .cpus = set_of("8"), .governor = "performance" };
	claims.claims[claims.n_claims++] = (struct claim){ .cpus = set_of("3-4"), .isolate = true };
	isolated = claims_isolated(&claims, -1);
	ck_assert_str_eq(cpuset_text(&isolated).s, "2-4");
	isolated = claims_isolated(&claims, 0);
	ck_assert_str_eq(cpuset_text(&isolated).s, "4");
	isolated = claims_isolated(&claims, 1);
	ck_assert_str_eq(cpuset_text(&isolated).s, "2-4");
}
END_TEST

START_TEST(test_turns)
{
	static struct claims claims;

	claims.claims[claims.n_claims++] = (struct claim){ .cpus = set_of("2-3") };
	ck_assert(!claims_turn(&claims));
	claims.claims[claims.n_claims++] = (struct claim){ .cpus = set_of("8"), .governor = "performance" };
	ck_assert(claims_turn(&claims));
	claims.claims[1] = (struct claim){ .cpus = set_of("8"), .isolate = true };
	ck_assert(claims_turn(&claims));
	claims.n_claims = 1;
	ck_assert(!claims_turn(&claims));
}
END_TEST

TCase *case_knob(void)
{
	TCase *tcase = suite_case("knob");

	tcase_add_loop_test(tcase, test_kind, 0, KNOB_KINDS_);
	tcase_add_test(tcase, test_no_kind);
	tcase_add_test(tcase, test_same);
	tcase_add_test(tcase, test_see);
	tcase_add_test(tcase, test_long);
	tcase_add_test(tcase, test_full);
	tcase_add_test(tcase, test_isolated);
	tcase_add_test(tcase, test_turns);
	return tcase;
}
