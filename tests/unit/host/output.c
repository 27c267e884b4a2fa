// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that are written where a person names one. */
#include "host/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/unit/host/host.h"

static int write_named(const char *name, const char *text)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", scratch.path, name);
	return output_write(path, text, strlen(text));
}

static void check_file(const char *name, const char *expected)
{
	char *text = get_text(scratch.fd, name);

	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(test_files)
{
	struct stat st;

	scratch_make(&scratch);
	ck_assert_int_eq(write_named("new", "one"), 0);
	check_file("new", "one");
	ck_assert_int_eq(fchmodat(scratch.fd, "new", 0640, 0), 0);
	ck_assert_int_eq(write_named("new", "two"), 0);
	check_file("new", "two");
	ck_assert_int_eq(fstatat(scratch.fd, "new", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	/* What a link leads to. */
	ck_assert_int_eq(symlinkat("new", scratch.fd, "link"), 0);
	ck_assert_int_eq(write_named("link", "three"), 0);
	check_file("new", "three");
	ck_assert_int_eq(fstatat(scratch.fd, "link", &st, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert(S_ISLNK(st.st_mode));
	scratch_remove(&scratch);
}
END_TEST

/* As `program --output /dev/stdout >>file`. */
START_TEST(test_appended)
{
	int saved = dup(STDOUT_FILENO), fd;

	scratch_make(&scratch);
	ck_assert_int_eq(write_named("log", "one "), 0);
	fd = openat(scratch.fd, "log", O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_ge(dup2(fd, STDOUT_FILENO), 0);
	ck_assert_int_eq(output_write("/dev/stdout", "two", 3), 0);
	ck_assert_int_ge(dup2(saved, STDOUT_FILENO), 0);
	(void)close(saved);
	(void)close(fd);
	check_file("log", "one two");
	scratch_remove(&scratch);
}
END_TEST

START_TEST(test_refused)
{
	struct stat st;

	scratch_make(&scratch);
	ck_assert_int_eq(write_named("none/new", "x"), -ENOENT);
	put_directory(scratch.fd, "directory");
	ck_assert_int_eq(write_named("directory", "x"), -EISDIR);
	ck_assert_int_eq(write_named("new/", "x"), -EISDIR);
	ck_assert_int_eq(symlinkat("nowhere", scratch.fd, "dangling"), 0);
	ck_assert_int_eq(write_named("dangling", "x"), -ENOENT);
	ck_assert_int_eq(fstatat(scratch.fd, "dangling", &st, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(output_write("/dev/null", "x", 1), 0);
	ck_assert_int_eq(output_write("/dev/full", "x", 1), -ENOSPC);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_output(void)
{
	TCase *tcase = suite_case("output");

	tcase_add_test(tcase, test_files);
	tcase_add_test(tcase, test_appended);
	tcase_add_test(tcase, test_refused);
	return tcase;
}
