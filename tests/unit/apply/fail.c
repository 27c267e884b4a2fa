// SPDX-License-Identifier: GPL-2.0-or-later
/* On every recorded machine, for every card: each change fails in turn, and everything is as it was. */
#include <errno.h>
#include <string.h>

#include "tests/support/record.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

static const char *records[RECORDS_MAX];

/* The ways in which an operation goes wrong. */
static const struct way {
	const char *name;
	enum fault_kind kind;
	unsigned int scope;
	int error;
} ways[] = {
	{ "kernel refuses", FAULT_ERROR, FAULT_KERNEL, EIO },
	{ "kernel has no such device", FAULT_ERROR, FAULT_KERNEL, ENODEV },
	{ "kernel refuses, with effect", FAULT_ERROR_AFTER, FAULT_KERNEL, EBUSY },
	{ "kernel accepts, without effect", FAULT_IGNORED, FAULT_KERNEL, 0 },
	{ "journal cannot be written", FAULT_ERROR, FAULT_FILE, ENOSPC },
	{ "journal is cut short", FAULT_HALF, FAULT_FILE, ENOSPC },
};

static struct fault fault_of(const struct way *way, unsigned int at)
{
	return (struct fault){ .kind = way->kind, .scope = way->scope, .at = at, .error = way->error };
}

/* A take that fails anywhere is a refusal, and nothing is left of it. */
static void fail_take(const struct domain *domain, const char *before)
{
	for (int i = 0; i < COUNT(ways); i++) {
		unsigned int n = loop_count(CALL_TAKE, domain, ways[i].scope);

		ck_assert_uint_gt(n, 0);
		for (unsigned int at = 1; at <= n; at++) {
			struct fault fault = fault_of(&ways[i], at);
			int r;

			fault_arm(&fault);
			r = loop_call(CALL_TAKE, domain);
			fault_disarm(0);
			ck_assert_msg(r == -ECANCELED, "%s at %u: not refused", ways[i].name, at);
			ck_assert_int_ne(machine.refusal.reason, REFUSAL_NONE);
			ck_assert_uint_gt(strlen(machine.refusal.sentence), 20);
			loop_check(before, ways[i].name, domain, at);
		}
	}
}

/* A return that fails keeps its journal, or has returned everything all the same; the next one succeeds. */
static void fail_return(const struct domain *domain, const char *before)
{
	for (int i = 0; i < COUNT(ways); i++) {
		unsigned int n = loop_count(CALL_RETURN, domain, ways[i].scope);

		ck_assert_uint_gt(n, 0);
		for (unsigned int at = 1; at <= n; at++) {
			struct fault fault = fault_of(&ways[i], at);
			int r;

			ck_assert_int_eq(loop_call(CALL_TAKE, domain), 0);
			fault_arm(&fault);
			r = loop_call(CALL_RETURN, domain);
			fault_disarm(0);
			if (r == -ECANCELED) {
				ck_assert(!machine_is_clean(&machine));
				r = loop_call(CALL_RETURN, domain);
			}
			ck_assert_msg(
				r == 0, "%s at %u: returned %d, %s", ways[i].name, at, r, machine.refusal.sentence);
			loop_check(before, ways[i].name, domain, at);
		}
	}
}

START_TEST(test_take)
{
	loop_cards(records[_i], fail_take);
}
END_TEST

START_TEST(test_return)
{
	loop_cards(records[_i], fail_return);
}
END_TEST

/* vfio-pci is not there yet: loading it is the first step. */
START_TEST(test_module)
{
	static const struct way *const loads[] = { &ways[0], &ways[3] };

	for (int i = 0; i < COUNT(loads); i++) {
		struct fault fault = fault_of(loads[i], 1);

		machine_start(&machine, "haswell-gtx1070ti", MACHINE_DRESSED | MACHINE_SMALL);
		fault_arm(&fault);
		ck_assert_int_eq(loop_call(CALL_TAKE, &machine.cards[1]), -ECANCELED);
		fault_disarm(0);
		ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "cannot load the module 'vfio-pci'"));
		ck_assert(machine_has(&machine,
			&(struct domain){ .n_hostdevs = 1, .hostdevs = { machine.cards[1].hostdevs[0] } }, "nvidia"));
		ck_assert(machine_is_clean(&machine));
		machine_stop(&machine);
	}
}
END_TEST

TCase *case_fail(void)
{
	TCase *tcase = suite_case("fail");
	int n = (int)record_names(records);

	tcase_add_loop_test(tcase, test_take, 0, n);
	tcase_add_loop_test(tcase, test_return, 0, n);
	tcase_add_test(tcase, test_module);
	return tcase;
}
