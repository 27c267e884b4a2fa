// SPDX-License-Identifier: GPL-2.0-or-later
/* lstopo_run(), with programs of ours in the place of lstopo. */
#include "host/lstopo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/host/host.h"

static const struct {
	const char *script; /* NULL: there is none */
	mode_t mode;
	int deadline_ms, result;
	const char *output, *message;
} rows[] = {
	{ NULL, 0, 10000, -ENOENT, "", "" },
	{ "exec cat", 0755, 10000, 0, "input", "" },
	{ "echo \"$1-$2\"", 0755, 10000, 0, "--of-png\n", "" },
	{ "echo \"${DISPLAY-none} ${HWLOC_FSROOT-none}\"", 0755, 10000, 0, "none none\n", "" },
	{ "printf 'no \\033[1m\\n second\\n' >&2; exit 3", 0755, 10000, -ECHILD, "", "no ?[1m" },
	{ "kill -SEGV $$", 0755, 10000, -ECHILD, "", "" },
	{ "echo begin >&2; exec sleep 100", 0755, 200, -ETIMEDOUT, "", "begin" },
	{ "exit 0", 0644, 10000, -EACCES, "", "" },
};

START_TEST(test_run)
{
	static const char *const arguments[] = { "--of", "png", NULL };
	int input = memfd_create("input", MFD_CLOEXEC), output = memfd_create("output", MFD_CLOEXEC), r;
	char first[320], second[320], message[64], text[64] = "";
	const char *const directories[] = { first, second, NULL };

	(void)snprintf(first, sizeof(first), "%s/none", scratch.path);
	(void)snprintf(second, sizeof(second), "%s/tree", scratch.path);
	if (rows[_i].script) {
		put_text(scratch.fd, "tree/lstopo", "#!/bin/sh\n%s\n", rows[_i].script);
		ck_assert_int_eq(fchmodat(scratch.fd, "tree/lstopo", rows[_i].mode, 0), 0);
	}
	ck_assert_int_eq(write(input, "input", 5), 5);
	ck_assert_int_eq(lseek(input, 0, SEEK_SET), 0);
	ck_assert_int_eq(setenv("DISPLAY", ":0", 1) | setenv("HWLOC_FSROOT", "/", 1), 0);
	r = lstopo_run(directories, arguments, input, output, rows[_i].deadline_ms, message, sizeof(message));
	ck_assert_int_eq(r, rows[_i].result);
	ck_assert_int_ge(pread(output, text, sizeof(text) - 1, 0), 0);
	ck_assert_str_eq(text, rows[_i].output);
	ck_assert_str_eq(message, rows[_i].message);
	(void)close(input);
	(void)close(output);
}
END_TEST

TCase *case_lstopo(void)
{
	TCase *tcase = suite_case("lstopo");

	tcase_add_checked_fixture(tcase, tree_start, tree_stop);
	add_rows(tcase, test_run, rows);
	return tcase;
}
