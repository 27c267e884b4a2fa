// SPDX-License-Identifier: GPL-2.0-or-later
/* On every recorded machine, for every card: the process dies at each operation, and recovery puts all back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/record.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

static const char *records[RECORDS_MAX];

/* Makes the call in a process of its own, which must die in it. */
static void die_in(enum call call, const struct domain *domain, enum fault_kind kind, unsigned int at)
{
	struct fault fault = { .kind = kind, .scope = FAULT_ALL, .at = at };
	pid_t child = fork();
	int status;

	if (child == 0) {
		fault_arm(&fault);
		(void)loop_call(call, domain);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == FAULT_DEATH_STATUS, "did not die at %u", at);
}

static void recover(void)
{
	int r;

	machine.n_failed = 0;
	r = handover_recover(machine.handover, &machine.refusal);
	ck_assert_msg(r >= 0, "%s", machine.refusal.sentence);
	/* Nobody else changed anything, so nothing may be called changed by somebody else. */
	ck_assert_uint_eq(machine.n_failed, 0);
}

static void die_everywhere(enum call call, const struct domain *domain, const char *before)
{
	static const enum fault_kind kinds[] = { FAULT_DEATH_BEFORE, FAULT_DEATH_AFTER };
	unsigned int n = loop_count(call, domain, FAULT_ALL);

	for (unsigned int at = 1; at <= n; at++) {
		for (int i = 0; i < COUNT(kinds); i++) {
			if (call == CALL_RETURN)
				ck_assert_int_eq(loop_call(CALL_TAKE, domain), 0);
			die_in(call, domain, kinds[i], at);
			recover();
			loop_check(before, i ? "death after" : "death before", domain, at);
		}
	}
}

static void die_in_take(const struct domain *domain, const char *before)
{
	die_everywhere(CALL_TAKE, domain, before);
}

static void die_in_return(const struct domain *domain, const char *before)
{
	die_everywhere(CALL_RETURN, domain, before);
}

START_TEST(test_take)
{
	loop_cards(records[_i], die_in_take);
}
END_TEST

START_TEST(test_return)
{
	loop_cards(records[_i], die_in_return);
}
END_TEST

static const char *const few[] = {
	"haswell-gtx1070ti",
	"rocketlake-i7-11700-rtx2060",
	"laptop-krackan-rtx5070m",
};

/* Recovery dies as well, anywhere; the next one ends what both began. */
static void die_twice(const struct domain *domain, const char *before)
{
	unsigned int n = loop_count(CALL_TAKE, domain, FAULT_ALL);

	for (unsigned int at = 2; at <= n; at += 3) {
		for (unsigned int again = 1;; again++) {
			struct fault fault = { .kind = FAULT_DEATH_AFTER, .scope = FAULT_ALL, .at = again };
			int status;
			pid_t child;

			die_in(CALL_TAKE, domain, FAULT_DEATH_AFTER, at);
			child = fork();
			if (child == 0) {
				fault_arm(&fault);
				recover();
				_exit(0);
			}
			ck_assert_int_eq(waitpid(child, &status, 0), child);
			recover();
			loop_check(before, "second death", domain, at);
			if (WEXITSTATUS(status) != FAULT_DEATH_STATUS)
				break;
		}
	}
}

START_TEST(test_twice)
{
	loop_cards(few[_i], die_twice);
}
END_TEST

/* The next start of the same domain does what recovery would have done, then takes the card. */
static void start_again(const struct domain *domain, const char *before)
{
	unsigned int n = loop_count(CALL_TAKE, domain, FAULT_ALL);

	for (unsigned int at = 1; at <= n; at++) {
		die_in(CALL_TAKE, domain, FAULT_DEATH_AFTER, at);
		ck_assert_msg(loop_call(CALL_TAKE, domain) == 0, "%s", machine.refusal.sentence);
		ck_assert(machine_has(&machine, domain, "vfio-pci"));
		ck_assert_int_eq(loop_call(CALL_RETURN, domain), 0);
		loop_check(before, "death, then a start", domain, at);
	}
}

START_TEST(test_start_again)
{
	loop_cards(few[_i], start_again);
}
END_TEST

/*
 * The process ends within its n-th write of the journal: a part of that write is there, and what it tells of was not
 * begun.
 */
static bool cut_write(const struct domain *domain, unsigned int n)
{
	struct fault fault = { .kind = FAULT_DEATH_AFTER, .scope = FAULT_FILE, .at = n };
	char path[128], *text;
	size_t size, begin;
	pid_t child = fork();
	int status;

	if (child == 0) {
		fault_arm(&fault);
		_exit(loop_call(CALL_TAKE, domain) < 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	if (WEXITSTATUS(status) != FAULT_DEATH_STATUS)
		return false;
	(void)snprintf(path, sizeof(path), "gpu-handoff/%s.journal", domain->uuid);
	text = get_text(machine.host.run, path);
	ck_assert_ptr_nonnull(text);
	size = strlen(text);
	/* The first write is the whole head; each other is a line. */
	for (begin = size - 1; begin > 0 && (n == 1 || text[begin - 1] != '\n'); begin--)
		;
	put_bytes(machine.host.run, path, text, begin + n * 7 % (size - begin));
	free(text);
	return true;
}

static void cut_journal(const struct domain *domain, const char *before)
{
	unsigned int n = 1;

	for (; cut_write(domain, n); n++) {
		recover();
		loop_check(before, "cut journal", domain, n);
	}
	ck_assert_uint_gt(n, 3);
	/* The last one came to its end. */
	ck_assert_int_eq(loop_call(CALL_RETURN, domain), 0);
	loop_check(before, "whole journal", domain, n);
}

START_TEST(test_cut)
{
	loop_cards(few[_i], cut_journal);
}
END_TEST

TCase *case_crash(void)
{
	TCase *tcase = suite_case("crash");
	int n = (int)record_names(records);

	tcase_add_loop_test(tcase, test_take, 0, n);
	tcase_add_loop_test(tcase, test_return, 0, n);
	add_rows(tcase, test_twice, few);
	add_rows(tcase, test_start_again, few);
	add_rows(tcase, test_cut, few);
	return tcase;
}
