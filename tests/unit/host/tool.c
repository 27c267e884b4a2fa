// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/tool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "tests/unit/host/host.h"

#define DEADLINE_MS 20000

static void put_script(const char *path, const char *text)
{
	put_text(scratch.fd, path, "#!/bin/sh\n%s\n", text);
	ck_assert_int_eq(fchmodat(scratch.fd, path, 0755, 0), 0);
}

/* The host of the tree, which has a usr with these. */
static int run(const char *const words[], char *output, size_t size, int deadline_ms)
{
	struct host own;
	char path[512];
	int r;

	(void)snprintf(path, sizeof(path), "%s/tree", scratch.path);
	ck_assert_int_eq(host_open(path, &own), 0);
	r = tool_run(&own, words, output, size, deadline_ms);
	ck_assert_int_eq(tool_is_there(&own, words[0]), r >= 0 || r == -ETIMEDOUT || r == -ECHILD);
	host_close(&own);
	return r;
}

START_TEST(test_words)
{
	const char *const words[] = { "tool", "a b", "$HOME;", NULL };
	char output[256];

	put_script("tree/usr/bin/tool", "echo \"$1|$2|$#|$HOME|$PATH\"; cat; echo error >&2; exit 7");
	ck_assert_int_eq(run(words, output, sizeof(output), DEADLINE_MS), 7);
	ck_assert_str_eq(output, "a b|$HOME;|2||/usr/sbin:/usr/bin:/sbin:/bin\nerror\n");
	/* The end of what it prints. */
	ck_assert_int_eq(run(words, output, 7, DEADLINE_MS), 7);
	ck_assert_str_eq(output, "error\n");
	/* One of sbin comes first. */
	put_script("tree/usr/sbin/tool", "exit 0");
	ck_assert_int_eq(run(words, output, sizeof(output), DEADLINE_MS), 0);
	ck_assert_str_eq(output, "");
}
END_TEST

START_TEST(test_absent)
{
	const char *const words[] = { "tool", NULL }, *const above[] = { "../../outside/tool", NULL };
	char output[256];

	put_directory(scratch.fd, "tree/usr/bin");
	put_script("outside/tool", "exit 0");
	ck_assert_int_eq(run(words, output, sizeof(output), DEADLINE_MS), -ENOENT);
	ck_assert_int_lt(run(above, output, sizeof(output), DEADLINE_MS), 0);
	put_script("tree/usr/bin/tool", "kill -9 $$");
	ck_assert_int_eq(run(words, output, sizeof(output), DEADLINE_MS), -ECHILD);
}
END_TEST

/* What it has started ends with it: nothing of it goes on behind our back. */
START_TEST(test_deadline)
{
	const char *const words[] = { "tool", NULL };
	uint64_t start = clock_now_us();
	char output[256];

	put_script("tree/usr/bin/tool", "echo begun; sleep 60; echo on");
	ck_assert_int_eq(run(words, output, sizeof(output), 500), -ETIMEDOUT);
	ck_assert_str_eq(output, "begun\n");
	ck_assert_uint_lt(clock_now_us() - start, 9000000);
}
END_TEST

TCase *case_tool(void)
{
	TCase *tcase = suite_case("tool");

	tcase_add_checked_fixture(tcase, tree_start, tree_stop);
	tcase_add_test(tcase, test_words);
	tcase_add_test(tcase, test_absent);
	tcase_add_test(tcase, test_deadline);
	return tcase;
}
