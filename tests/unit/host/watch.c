// SPDX-License-Identifier: GPL-2.0-or-later
/* Control groups that come are told of: in a tree of directories, whose kernel tells of them likewise. */
#include "host/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/host/host.h"

#define GROUP  "machine.slice/machine-deep.slice/machine-qemu1.scope"
#define CGROUP "tree/sys/fs/cgroup/"

static int watch;

static void watch_start(void)
{
	tree_start();
	put_directory(scratch.fd, CGROUP GROUP "/libvirt");
	put_directory(scratch.fd, CGROUP "system.slice");
	watch = watch_groups(&host, GROUP);
	ck_assert_int_ge(watch, 0);
	ck_assert(!watch_take(watch));
}

static void watch_stop(void)
{
	(void)close(watch);
	tree_stop();
}

static bool is_told(void)
{
	struct pollfd told = { .fd = watch, .events = POLLIN };
	bool any = poll(&told, 1, 0) == 1;

	ck_assert(watch_take(watch) == any);
	ck_assert(!watch_take(watch));
	return any;
}

static const struct {
	const char *path;
	bool is_told;
} groups[] = {
	{ "lxc.payload.box", true },
	{ "machine.slice/libpod.scope", true },
	{ "machine.slice/machine-deep.slice/other.scope", true },
	{ GROUP "/new", false },
	{ GROUP "/libvirt/vcpu0", false },
	{ "system.slice/new.service", false },
};

START_TEST(test_come_and_go)
{
	char path[256];

	(void)snprintf(path, sizeof(path), CGROUP "%s", groups[_i].path);
	put_directory(scratch.fd, path);
	ck_assert(is_told() == groups[_i].is_told);
	ck_assert_int_eq(unlinkat(scratch.fd, path, AT_REMOVEDIR), 0);
	ck_assert(!is_told());
}
END_TEST

/* One more is watched once, and as the others are; one that was made anew, anew. */
START_TEST(test_add)
{
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(watch_add(&host, watch, "system.slice"), 1);
		ck_assert_int_eq(watch_add(&host, watch, "system.slice"), 0);
		put_directory(scratch.fd, CGROUP "system.slice/new.service");
		ck_assert(is_told());
		put_directory(scratch.fd, CGROUP "system.slice/new.service/below");
		ck_assert(!is_told());
		remove_all(scratch.fd, CGROUP "system.slice");
		(void)watch_take(watch);
		put_directory(scratch.fd, CGROUP "system.slice");
		ck_assert(is_told());
	}
	ck_assert_int_eq(watch_add(&host, watch, "machine.slice"), 0);
	put_directory(scratch.fd, CGROUP "machine.slice/new.scope");
	ck_assert(is_told());
}
END_TEST

/* More than are read at once. */
START_TEST(test_many)
{
	char path[64];

	for (int i = 0; i < 1000; i++) {
		(void)snprintf(path, sizeof(path), CGROUP "group%d", i);
		put_directory(scratch.fd, path);
	}
	ck_assert(is_told());
}
END_TEST

START_TEST(test_paths)
{
	char path[8192];

	ck_assert_int_eq(watch_groups(&host, "machine.slice/none.slice/x.scope"), -ENOENT);
	ck_assert_int_eq(watch_groups(&host, "../../../outside/x"), -EXDEV);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(watch_groups(&host, path), -ENAMETOOLONG);
	ck_assert_int_eq(watch_add(&host, watch, path), -ENAMETOOLONG);
	ck_assert_int_eq(watch_add(&host, watch, "none.slice"), -ENOENT);
	ck_assert_int_eq(watch_add(&host, watch, "../../../outside"), -EXDEV);
}
END_TEST

TCase *case_watch(void)
{
	TCase *tcase = suite_case("watch");

	tcase_add_checked_fixture(tcase, watch_start, watch_stop);
	add_rows(tcase, test_come_and_go, groups);
	tcase_add_test(tcase, test_add);
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_paths);
	return tcase;
}
