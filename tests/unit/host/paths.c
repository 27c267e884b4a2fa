// SPDX-License-Identifier: GPL-2.0-or-later
/* What is opened stays beneath its root, and what is read fits; the two kernels that are no fakes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "host/host.h"
#include "host/walk.h"
#include "tests/support/scratch.h"
#include "tests/unit/host/host.h"

static const struct {
	const char *path;
	int expected; /* 0: opens */
} paths[] = {
	{ "class/value", 0 },
	{ "./class/../class/value", 0 },
	{ "device/value", 0 },
	{ "class/../../sys/class/value", -EXDEV },
	{ "..", -EXDEV },
	{ "../../outside/secret", -EXDEV },
	{ "up/secret", -EXDEV },
	{ "absolute/passwd", -EXDEV },
	{ "magic/etc/passwd", -EXDEV },
	{ "/etc/passwd", -EXDEV },
	{ "loop/value", -ELOOP },
	{ "nowhere", -ENOENT },
	{ "class/none", -ENOENT },
	{ "class/value/x", -ENOTDIR },
	{ "", -ENOENT },
};

START_TEST(test_beneath)
{
	int fd CLOSE_FD = beneath_open(host.sys, paths[_i].path, O_RDONLY, 0);

	ck_assert_msg(paths[_i].expected ? fd == paths[_i].expected : fd >= 0, "'%s': %d", paths[_i].path, fd);
	if (fd >= 0)
		ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
}
END_TEST

/* Where openat2(2) is forbidden, another way leads to the same. */
START_TEST(test_walk)
{
	static const int flags[] = { O_RDONLY, O_PATH, O_PATH | O_DIRECTORY, O_RDONLY | O_NOFOLLOW,
		O_PATH | O_NOFOLLOW };
	const char *const more[] = { "class/", "class/..", "device", "device/", "up", "loop", ".", "./",
		"class/value/" };
	const char *path = (size_t)_i < sizeof(paths) / sizeof(paths[0])
				   ? paths[_i].path
				   : more[(size_t)_i - sizeof(paths) / sizeof(paths[0])];

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		int one CLOSE_FD = beneath_open(host.sys, path, flags[i], 0);
		int other CLOSE_FD = walk_open(host.sys, path, flags[i], 0);
		struct stat a, b;

		ck_assert_msg(
			one < 0 ? other == one : other >= 0, "'%s' with %x: %d and %d", path, flags[i], one, other);
		if (one < 0)
			continue;
		ck_assert_int_eq(fcntl(other, F_GETFD), FD_CLOEXEC);
		ck_assert(fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	}
}
END_TEST

/* Links of /proc lead to open files, wherever they are. */
START_TEST(test_magic)
{
	int proc CLOSE_FD = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int outside CLOSE_FD = openat(scratch.fd, "outside/secret", O_RDONLY | O_CLOEXEC);
	char path[32];

	(void)snprintf(path, sizeof(path), "fd/%d", outside);
	ck_assert_int_lt(beneath_open(proc, path, O_RDONLY, 0), 0);
	ck_assert_int_lt(walk_open(proc, path, O_RDONLY, 0), 0);
	ck_assert_int_eq(walk_open(proc, "root/etc/passwd", O_RDONLY, 0), -EXDEV);
	ck_assert_int_lt(beneath_open(proc, "root/etc/passwd", O_RDONLY, 0), 0);
	ck_assert_int_lt(beneath_open(proc, "cwd", O_PATH, 0), 0);
}
END_TEST

START_TEST(test_no_root)
{
	struct host none;
	DIR *list;

	ck_assert_int_eq(beneath_open(-1, "class", O_RDONLY, 0), -ENOENT);
	ck_assert_int_eq(beneath_list(-1, "class", &list), -ENOENT);
	ck_assert_int_lt(host.proc, 0);
	ck_assert_int_eq(host_open("/nonexistent", &none), -ENOENT);
	host_close(&none);
	/* A directory without sys is no machine. */
	ck_assert_int_eq(host_open(scratch.path, &none), -ENOENT);
	host_close(&none);
	host_close(&none);
}
END_TEST

static const struct {
	const char *content;
	size_t size; /* of the buffer */
	ssize_t expected;
	const char *value;
} reads[] = {
	{ "42\n", 16, 2, "42" },
	{ "42", 16, 2, "42" },
	{ "", 16, 0, "" },
	{ "\n", 16, 0, "" },
	{ "a\nb\n", 16, 3, "a\nb" },
	{ "a\n\n", 16, 2, "a\n" },
	{ "abc\n", 5, 3, "abc" },
	{ "abc", 4, 3, "abc" },
	{ "abc\n", 4, -E2BIG, "" },
	{ "abcdefgh", 4, -E2BIG, "" },
	{ "a", 1, -E2BIG, "" },
};

START_TEST(test_attribute)
{
	char buffer[17];

	memset(buffer, 'x', sizeof(buffer));
	put_text(scratch.fd, "tree/sys/class/value", "%s", reads[_i].content);
	ck_assert_int_eq(attribute_read(host.sys, "class/value", buffer, reads[_i].size), reads[_i].expected);
	ck_assert_str_eq(buffer, reads[_i].value);
	/* Nothing behind its end. */
	for (size_t i = reads[_i].size; i < sizeof(buffer); i++)
		ck_assert_int_eq(buffer[i], 'x');
}
END_TEST

START_TEST(test_no_attribute)
{
	char buffer[16] = "old";

	ck_assert_int_eq(attribute_read(host.sys, "class/none", buffer, sizeof(buffer)), -ENOENT);
	ck_assert_str_eq(buffer, "");
	ck_assert_int_eq(attribute_read(host.sys, "class", buffer, sizeof(buffer)), -EISDIR);
	/* The value itself is no symlink. */
	ck_assert_int_eq(attribute_read(host.sys, "nowhere", buffer, sizeof(buffer)), -ELOOP);
	ck_assert_int_eq(mkfifoat(scratch.fd, "tree/sys/class/fifo", 0600), 0);
	ck_assert_int_eq(attribute_read(host.sys, "class/fifo", buffer, sizeof(buffer)), 0);
}
END_TEST

START_TEST(test_link)
{
	char buffer[16] = "old";

	ck_assert_int_eq(attribute_link_name(host.sys, "device", buffer, sizeof(buffer)), 5);
	ck_assert_str_eq(buffer, "class");
	ck_assert_int_eq(attribute_link_name(host.sys, "device", buffer, 6), 5);
	ck_assert_int_eq(attribute_link_name(host.sys, "device", buffer, 5), -E2BIG);
	ck_assert_str_eq(buffer, "");
	ck_assert_int_eq(attribute_link_name(host.sys, "none", buffer, sizeof(buffer)), -ENOENT);
	ck_assert_int_eq(attribute_link_name(host.sys, "class", buffer, sizeof(buffer)), -EINVAL);
	ck_assert_str_eq(buffer, "");
}
END_TEST

START_TEST(test_list)
{
	unsigned int n = 0;
	struct dirent *entry;
	DIR *list;

	ck_assert_int_eq(beneath_list(host.sys, "device", &list), 0);
	while ((entry = readdir(list)))
		n += strcmp(entry->d_name, "value") == 0;
	closedir(list);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(beneath_list(host.sys, "class/value", &list), -ENOTDIR);
	ck_assert_int_eq(beneath_list(host.sys, "up", &list), -EXDEV);
}
END_TEST

START_TEST(test_named)
{
	char path[sizeof(scratch.path) + 32];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/outside/secret", scratch.path);
	fd = named_open(path);
	ck_assert_int_ge(fd, 0);
	fd_close(&fd);
	ck_assert_int_eq(named_open(scratch.path), -EISDIR);
	ck_assert_int_eq(named_open("/nonexistent"), -ENOENT);
}
END_TEST

/* A recorded machine is read, and never changed. */
START_TEST(test_recorded)
{
	char *text;

	ck_assert_ptr_eq(host.kernel, &kernel_recorded);
	ck_assert_int_eq(host.kernel->write(&host, "class/value", "1", 1000), -EROFS);
	ck_assert_int_eq(host.kernel->load_module(&host, "vfio-pci", 1000), -EROFS);
	ck_assert_int_eq(host.kernel->group_is_open(&host, 1), 0);
	text = get_text(scratch.fd, "tree/sys/class/value");
	ck_assert_str_eq(text, "42\n");
	free(text);
}
END_TEST

/* The real one, on files that stand for attributes. */
START_TEST(test_real)
{
	char value[8];
	char *text;

	put_text(scratch.fd, "tree/dev/vfio/7", "%s", "");
	put_text(scratch.fd, "tree/dev/null", "%s", "");
	ck_assert_int_eq(kernel_real.write(&host, "class/value", "17", 5000), 0);
	text = get_text(scratch.fd, "tree/sys/class/value");
	ck_assert_str_eq(text, "17\n");
	free(text);
	ck_assert_int_eq(kernel_real.read(&host, host.sys, "class/value", value, sizeof(value), 5000), 2);
	ck_assert_str_eq(value, "17");
	ck_assert_int_eq(kernel_real.read(&host, host.sys, "class/value", value, 3, 5000), -E2BIG);
	ck_assert_str_eq(value, "");
	ck_assert_int_eq(kernel_real.write(&host, "class/none", "1", 5000), -ENOENT);
	ck_assert_int_eq(kernel_real.write(&host, "up/secret", "1", 5000), -EXDEV);
	ck_assert_int_eq(kernel_real.group_is_open(&host, 7), 0);
	ck_assert_int_eq(kernel_real.group_is_open(&host, 8), 0);
	text = get_text(scratch.fd, "outside/secret");
	ck_assert_str_eq(text, "secret\n");
	free(text);
}
END_TEST

/* What is no device of that number is not asked. */
START_TEST(test_nodes)
{
	uint64_t consoles = 7;

	put_text(scratch.fd, "tree/dev/fb0", "%s", "");
	put_text(scratch.fd, "tree/dev/null", "%s", "");
	put_text(scratch.fd, "tree/dev/sda", "%s", "");
	ck_assert_int_eq(kernel_real.framebuffer_consoles(&host, 0, 5000, &consoles), -ENOENT);
	ck_assert_int_eq(kernel_real.framebuffer_consoles(&host, 1, 5000, &consoles), -ENOENT);
	ck_assert_uint_eq(consoles, 7);
	ck_assert_int_eq(kernel_real.framebuffer_show(&host, 0, 7, 5000), -ENOENT);
	ck_assert_int_eq(kernel_recorded.framebuffer_show(&host, 0, 7, 5000), -EROFS);
	ck_assert_int_eq(kernel_real.block_is_claimed(&host, "sda", makedev(8, 0), 5000), -ENOENT);
	ck_assert_int_eq(kernel_real.block_is_claimed(&host, "../../outside/secret", makedev(8, 0), 5000), -EXDEV);
	ck_assert_int_eq(kernel_recorded.framebuffer_consoles(&host, 0, 5000, &consoles), 0);
	ck_assert_uint_eq(consoles, 0);
	ck_assert_int_eq(kernel_recorded.block_is_claimed(&host, "sda", makedev(8, 0), 5000), 0);
}
END_TEST

/* A loop device that is nobody's, as root may open one where there are any: claimed as long as we have it. */
START_TEST(test_claimed)
{
	struct host running;
	char path[32];

	ck_assert_int_eq(host_open(NULL, &running), 0);
	for (int i = 0; i < 8; i++) {
		int loop CLOSE_FD = -1;
		struct stat st;

		(void)snprintf(path, sizeof(path), "loop%d", i);
		loop = openat(running.dev, path, O_RDONLY | O_EXCL | O_CLOEXEC);
		if (loop < 0 || fstat(loop, &st) < 0 || !S_ISBLK(st.st_mode))
			continue;
		ck_assert_int_eq(kernel_real.block_is_claimed(&running, path, st.st_rdev, 20000), 1);
		ck_assert_int_eq(kernel_real.block_is_claimed(&running, path, st.st_rdev + 1, 20000), -ENOENT);
		fd_close(&loop);
		ck_assert_int_eq(kernel_real.block_is_claimed(&running, path, st.st_rdev, 20000), 0);
		break;
	}
	host_close(&running);
}
END_TEST

TCase *case_paths(void)
{
	TCase *tcase = suite_case("paths");

	tcase_add_checked_fixture(tcase, tree_start, tree_stop);
	add_rows(tcase, test_beneath, paths);
	tcase_add_loop_test(tcase, test_walk, 0, (int)(sizeof(paths) / sizeof(paths[0])) + 9);
	tcase_add_test(tcase, test_magic);
	tcase_add_test(tcase, test_no_root);
	add_rows(tcase, test_attribute, reads);
	tcase_add_test(tcase, test_no_attribute);
	tcase_add_test(tcase, test_link);
	tcase_add_test(tcase, test_list);
	tcase_add_test(tcase, test_named);
	tcase_add_test(tcase, test_recorded);
	tcase_add_test(tcase, test_real);
	tcase_add_test(tcase, test_nodes);
	tcase_add_test(tcase, test_claimed);
	return tcase;
}
