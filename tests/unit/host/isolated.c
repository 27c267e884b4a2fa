// SPDX-License-Identifier: GPL-2.0-or-later
/* A function in a child of its own: its result comes back, and nobody waits for one that does not end. */
#include "host/isolated.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/host/host.h"

#define LONG_MS 20000

static int elsewhere;

static int answer(void *argument)
{
	int *number = argument;

	elsewhere = 1;
	*number += 1;
	return *number;
}

static int refuse(void *argument)
{
	(void)argument;
	return -EBADMSG;
}

static int sleep_on(void *argument)
{
	(void)argument;
	(void)pause();
	return 0;
}

static int die(void *argument)
{
	(void)argument;
	(void)kill(getpid(), SIGKILL);
	return 0;
}

START_TEST(test_isolated)
{
	static char large[ISOLATED_SIZE_MAX + 1];
	uint64_t begin = clock_now_us();
	int number = 41;

	ck_assert_int_eq(isolated_call(answer, &number, sizeof(number), LONG_MS), 42);
	ck_assert_int_eq(number, 42);
	ck_assert_int_eq(elsewhere, 0);
	ck_assert_int_eq(isolated_call(refuse, &number, sizeof(number), LONG_MS), -EBADMSG);
	ck_assert_int_eq(isolated_call(sleep_on, &number, sizeof(number), 50), -ETIMEDOUT);
	ck_assert_int_eq(isolated_call(die, &number, sizeof(number), LONG_MS), -ECHILD);
	ck_assert_int_eq(isolated_call(answer, large, sizeof(large), LONG_MS), -E2BIG);
	ck_assert_int_eq(isolated_call(answer, large, sizeof(large) - 1, LONG_MS), 1);
	ck_assert_int_eq(number, 42);
	ck_assert_uint_lt(clock_now_us() - begin, LONG_MS * 1000u);
}
END_TEST

TCase *case_isolated(void)
{
	TCase *tcase = suite_case("isolated");

	tcase_add_test(tcase, test_isolated);
	return tcase;
}
