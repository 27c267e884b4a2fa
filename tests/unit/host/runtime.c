// SPDX-License-Identifier: GPL-2.0-or-later
/* The state directory and its files: ours alone, or refused. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "host/host.h"
#include "host/runtime.h"
#include "tests/support/scratch.h"
#include "tests/unit/host/host.h"

static void make_nothing(void)
{
}

static void make_good(void)
{
	ck_assert_int_eq(mkdirat(scratch.fd, "tree/run/gpu-handoff", 0700), 0);
}

static void make_link(void)
{
	put_directory(scratch.fd, "tree/run/mine");
	put_link(scratch.fd, "tree/run/gpu-handoff", "tree/run/mine");
}

static void make_link_out(void)
{
	put_link(scratch.fd, "tree/run/gpu-handoff", "outside");
}

static void make_file(void)
{
	put_text(scratch.fd, "tree/run/gpu-handoff", "x");
}

static void make_fifo(void)
{
	ck_assert_int_eq(mkfifoat(scratch.fd, "tree/run/gpu-handoff", 0600), 0);
}

static void make_mode(mode_t mode)
{
	make_good();
	ck_assert_int_eq(fchmodat(scratch.fd, "tree/run/gpu-handoff", mode, 0), 0);
}

static void make_group(void)
{
	make_mode(0770);
}

static void make_world(void)
{
	make_mode(01777);
}

static void make_readable(void)
{
	make_mode(0755);
}

static void make_foreign(void)
{
	make_good();
	/* Only root can give a directory away. */
	if (geteuid() == 0)
		ck_assert_int_eq(fchownat(scratch.fd, "tree/run/gpu-handoff", 65534, 65534, 0), 0);
	else
		ck_assert_int_eq(fchmodat(scratch.fd, "tree/run/gpu-handoff", 0702, 0), 0);
}

static const struct {
	const char *what;
	void (*make)(void);
	bool create;
	int expected; /* 0: opens */
} directories[] = {
	{ "none", make_nothing, false, -ENOENT },
	{ "made", make_nothing, true, 0 },
	{ "ours", make_good, false, 0 },
	{ "ours, made again", make_good, true, 0 },
	{ "readable", make_readable, true, 0 },
	{ "a symlink", make_link, true, -EPERM },
	{ "a symlink out", make_link_out, true, -EPERM },
	{ "a file", make_file, true, -EPERM },
	{ "a FIFO", make_fifo, true, -EPERM },
	{ "group-writable", make_group, true, -EPERM },
	{ "world-writable", make_world, true, -EPERM },
	{ "another's", make_foreign, true, -EPERM },
};

START_TEST(test_runtime)
{
	int fd CLOSE_FD = -1;
	struct stat st;

	/* What we make is ours alone, whatever the umask. */
	(void)umask(0);
	directories[_i].make();
	fd = runtime_open(&host, directories[_i].create);
	ck_assert_msg(directories[_i].expected ? fd == directories[_i].expected : fd >= 0, "%s: %d",
		directories[_i].what, fd);
	if (fd >= 0 && directories[_i].make == make_nothing) {
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0700);
	}
}
END_TEST

START_TEST(test_no_run)
{
	int fd;

	fd_close(&host.run);
	fd = runtime_open(&host, true);
	ck_assert_int_eq(fd, -ENOENT);
}
END_TEST

static void put_file(const char *name, mode_t mode)
{
	put_text(scratch.fd, name, "x");
	ck_assert_int_eq(fchmodat(scratch.fd, name, mode, 0), 0);
}

#define FILE_NAME "tree/run/gpu-handoff/file"

static void file_good(void)
{
	put_file(FILE_NAME, 0600);
}

static void file_link(void)
{
	put_file("tree/run/gpu-handoff/other", 0600);
	put_link(scratch.fd, FILE_NAME, "tree/run/gpu-handoff/other");
}

static void file_hard_link(void)
{
	put_file("outside/other", 0600);
	ck_assert_int_eq(linkat(scratch.fd, "outside/other", scratch.fd, FILE_NAME, 0), 0);
}

static void file_fifo(void)
{
	ck_assert_int_eq(mkfifoat(scratch.fd, FILE_NAME, 0600), 0);
}

static void file_directory(void)
{
	put_directory(scratch.fd, FILE_NAME);
}

static void file_writable(void)
{
	put_file(FILE_NAME, 0620);
}

static const struct {
	const char *what;
	void (*make)(void);
	int flags, expected;
} files[] = {
	{ "none", make_nothing, O_RDONLY, -ENOENT },
	{ "made", make_nothing, O_RDWR | O_CREAT, 0 },
	{ "made anew", make_nothing, O_WRONLY | O_CREAT | O_EXCL, 0 },
	{ "ours", file_good, O_RDWR, 0 },
	{ "there already", file_good, O_WRONLY | O_CREAT | O_EXCL, -EEXIST },
	{ "a symlink", file_link, O_RDONLY, -EPERM },
	{ "a symlink, to make", file_link, O_RDWR | O_CREAT, -EPERM },
	{ "a hard link", file_hard_link, O_RDONLY, -EPERM },
	{ "a FIFO", file_fifo, O_RDONLY, -EPERM },
	{ "a FIFO, to write", file_fifo, O_RDWR, -EPERM },
	{ "a directory", file_directory, O_RDONLY, -EPERM },
	{ "group-writable", file_writable, O_RDONLY, -EPERM },
};

START_TEST(test_runtime_file)
{
	int runtime CLOSE_FD = runtime_open(&host, true), fd CLOSE_FD = -1;
	struct stat st;

	(void)umask(0);
	files[_i].make();
	fd = runtime_file_open(runtime, "file", files[_i].flags);
	ck_assert_msg(files[_i].expected ? fd == files[_i].expected : fd >= 0, "%s: %d", files[_i].what, fd);
	if (fd >= 0) {
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert_uint_eq(st.st_mode & 07777, 0600);
		ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	}
	ck_assert_int_lt(runtime_file_open(runtime, "../../../outside/secret", O_RDONLY), 0);
}
END_TEST

TCase *case_runtime(void)
{
	TCase *tcase = suite_case("runtime");

	tcase_add_checked_fixture(tcase, tree_start, tree_stop);
	add_rows(tcase, test_runtime, directories);
	tcase_add_test(tcase, test_no_run);
	add_rows(tcase, test_runtime_file, files);
	return tcase;
}
