// SPDX-License-Identifier: GPL-2.0-or-later
/* The child that does what may never return: it stands apart, it is waited for no longer than agreed. */
#include "host/watched.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/kmsg.h"
#include "host/manager.h"
#include "model/cpuset.h"
#include "tests/support/scratch.h"
#include "tests/unit/host/host.h"

#define LONG_MS 20000

static struct host running;
static int full[2]; /* a pipe that takes no more: a write to it does not return */

static void watched_start(void)
{
	char page[4096] = { 0 };

	ck_assert_int_eq(host_open(NULL, &running), 0);
	ck_assert_int_eq(pipe2(full, O_CLOEXEC | O_NONBLOCK), 0);
	while (write(full[1], page, sizeof(page)) > 0)
		;
	ck_assert_int_eq(fcntl(full[1], F_SETFL, 0), 0);
}

static void watched_stop(void)
{
	(void)close(full[0]);
	(void)close(full[1]);
	host_close(&running);
}

START_TEST(test_requests)
{
	char text[WATCHED_READ_SIZE];
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(watched_write(&running, ends[1], "0000:01:00.0", LONG_MS, -1, NULL), 0);
	ck_assert_int_eq(close(ends[1]), 0);
	ck_assert_int_eq(watched_read(&running, ends[0], text, sizeof(text), LONG_MS), 12);
	ck_assert_int_eq(memcmp(text, "0000:01:00.0", 12), 0);
	ck_assert_int_eq(watched_write(&running, ends[0], "x", LONG_MS, -1, NULL), -EBADF);
	ck_assert_int_eq(watched_run(&running, (const char *[]){ "/bin/true", NULL }, NULL, 0, LONG_MS), 0);
	ck_assert_int_eq(
		watched_run(&running, (const char *[]){ "/bin/sh", "-c", "exit 7", NULL }, NULL, 0, LONG_MS), 7);
	ck_assert_int_eq(
		watched_run(&running, (const char *[]){ "/bin/echo", "Enabled", NULL }, text, sizeof(text), LONG_MS),
		0);
	ck_assert_str_eq(text, "Enabled\n");
	/* More than is kept does not keep it waiting. */
	ck_assert_int_eq(
		watched_run(&running, (const char *[]){ "/usr/bin/seq", "100000", NULL }, text, 4, LONG_MS), 0);
	ck_assert_str_eq(text, "1\n2");
	ck_assert_int_eq(watched_run(&running, (const char *[]){ "/nonexistent", NULL }, NULL, 0, LONG_MS), -ENOENT);
	(void)close(ends[0]);
}
END_TEST

/* The longest list of CPUs comes whole, and one byte more is not sent. */
START_TEST(test_long_value)
{
	struct cpuset cpus = { 0 };
	char value[WATCHED_VALUE_SIZE + 2], text[WATCHED_VALUE_SIZE + 2];
	struct cpuset_text list;
	int ends[2];

	for (unsigned int cpu = 1; cpu < CPUS_MAX; cpu += 2)
		cpuset_add(&cpus, cpu);
	list = cpuset_text(&cpus);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(watched_write(&running, ends[1], list.s, LONG_MS, -1, NULL), 0);
	ck_assert_int_eq((int)read(ends[0], text, sizeof(text)), (int)strlen(list.s));
	ck_assert_int_eq(memcmp(text, list.s, strlen(list.s)), 0);
	memset(value, 'x', sizeof(value));
	value[WATCHED_VALUE_SIZE] = '\0';
	ck_assert_int_eq(watched_write(&running, ends[1], value, LONG_MS, -1, NULL), 0);
	ck_assert_int_eq((int)read(ends[0], text, sizeof(text)), WATCHED_VALUE_SIZE);
	ck_assert_int_eq(memcmp(text, value, WATCHED_VALUE_SIZE), 0);
	value[WATCHED_VALUE_SIZE] = 'x';
	value[WATCHED_VALUE_SIZE + 1] = '\0';
	ck_assert_int_eq(watched_write(&running, ends[1], value, LONG_MS, -1, NULL), -E2BIG);
	/* A short one is not followed by the rest of what was before. */
	ck_assert_int_eq(watched_write(&running, ends[1], "y", LONG_MS, -1, NULL), 0);
	ck_assert_int_eq((int)read(ends[0], text, sizeof(text)), 1);
	(void)close(ends[0]);
	(void)close(ends[1]);
}
END_TEST

/* Beneath /proc and beneath a mount in /sys, of which nothing is changed: what is there cannot be written so. */
START_TEST(test_kernel_writes)
{
	const struct kernel *kernel = running.kernel;
	char path[64], text[64];

	ck_assert_int_eq(kernel->write_proc(&running, "self/../../etc/passwd", "x", LONG_MS), -EXDEV);
	ck_assert_int_eq(kernel->write_proc(&running, "gpu-handoff-none", "x", LONG_MS), -ENOENT);
	ck_assert_int_eq(kernel->write(&running, "fs/cgroup/gpu-handoff-none/cpuset.cpus", "0", LONG_MS), -ENOENT);
	(void)snprintf(path, sizeof(path), "%d/comm", (int)getpid());
	ck_assert_int_eq(kernel->write_proc(&running, path, "handoff-test", LONG_MS), -EINVAL);
	/* One's own score may be made worse. */
	(void)snprintf(path, sizeof(path), "%d/oom_score_adj", (int)getpid());
	ck_assert_int_eq(kernel->write_proc(&running, path, "700", LONG_MS), 0);
	ck_assert_int_ge(attribute_read(running.proc, path, text, sizeof(text)), 0);
	ck_assert_str_eq(text, "700");
}
END_TEST

/* The sixth field of its stat: its session. */
static int session_of(pid_t pid)
{
	char path[64];
	char *text, *rest;
	int session = -1;

	(void)snprintf(path, sizeof(path), "%d/stat", (int)pid);
	text = get_text(running.proc, path);
	rest = text ? strrchr(text, ')') : NULL;
	if (rest)
		(void)sscanf(rest + 1, " %*c %*d %*d %d", &session);
	free(text);
	return session;
}

START_TEST(test_stands_apart)
{
	int inherited = open("/dev/zero", O_RDONLY); /* NOLINT(android-cloexec-open): that is the point */
	char path[64], target[64];
	unsigned int n = 0;
	struct dirent *entry;
	DIR *list;

	ck_assert_int_ge(inherited, 0);
	ck_assert_int_eq(watched_run(&running, (const char *[]){ "/bin/true", NULL }, NULL, 0, LONG_MS), 0);
	ck_assert_int_eq(session_of(watched_pid()), watched_pid());
	(void)snprintf(path, sizeof(path), "%d/fd", (int)watched_pid());
	ck_assert_int_eq(beneath_list(running.proc, path, &list), 0);
	while ((entry = readdir(list))) {
		ssize_t length = readlinkat(dirfd(list), entry->d_name, target, sizeof(target) - 1);

		if (length < 0)
			continue;
		target[length] = '\0';
		if (atoi(entry->d_name) <= STDERR_FILENO)
			ck_assert_str_eq(target, "/dev/null");
		else
			ck_assert_msg(strncmp(target, "socket:", 7) == 0, "it has '%s'", target);
		n++;
	}
	closedir(list);
	ck_assert_uint_eq(n, 4);
	(void)close(inherited);
}
END_TEST

/* What these take arrives: it is refused for what it says, by the child. */
START_TEST(test_manage_more)
{
	const char *many[WATCHED_WORDS_MAX + 1] = { NULL };
	struct cpuset cpus = { { 1 } };
	pid_t pid;

	ck_assert_int_eq(manager_watched.get_allowed_cpus(&running, "../evil", &cpus, LONG_MS), -EINVAL);
	ck_assert_uint_eq(cpus.words[0], 1);
	ck_assert_int_eq(manager_watched.set_allowed_cpus(&running, "../evil", &cpus, LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_watched.start_bound(&running, "a.service", "", "b.scope",
				 (const char *[]){ "relative", "/x", NULL }, LONG_MS),
		-EINVAL);
	for (int i = 0; i < WATCHED_WORDS_MAX; i++)
		many[i] = "/x";
	ck_assert_int_eq(manager_watched.start_bound(&running, "a.service", "", "b.scope", many, LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_watched.start_scope(&running, "a.scope", "", "b.slice", 0, LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_watched.start_scope(&running, "../evil", "", "b.slice", 1, LONG_MS), -EINVAL);
	ck_assert_int_le(manager_watched.get_allowed_cpus(&running, "gpu-handoff-none.slice", &cpus, LONG_MS), -1);
	ck_assert_int_le(manager_watched.get_banned_cpus(&running, &pid, &cpus, LONG_MS), 0);
	ck_assert_int_eq(manager_watched.set_banned_cpus(&running, 0, &cpus, LONG_MS), -ENOENT);
	ck_assert_int_gt(watched_pid(), 0);
}
END_TEST

/* Without systemd, as where this is built, or with one that knows no such thing: an answer, of the child. */
START_TEST(test_manage)
{
	ck_assert_int_eq(manager_watched.stop_unit(&running, "../evil", LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_watched.end_session(&running, "", LONG_MS), -EINVAL);
	ck_assert_int_le(manager_watched.start_unit(&running, "gpu-handoff-test-none.service", LONG_MS), -1);
	ck_assert_int_le(manager_watched.unit_is_active(&running, "gpu-handoff-test-none.service", LONG_MS), 0);
	ck_assert_int_gt(watched_pid(), 0);
}
END_TEST

/* 1 when the child that serves has no child of its own, ended or not. */
static int ask_alone(void *data)
{
	char path[64], text[64];

	(void)data;
	(void)snprintf(path, sizeof(path), "%d/task/%d/children", (int)watched_pid(), (int)watched_pid());
	return attribute_read(running.proc, path, text, sizeof(text)) == 0;
}

/* Nobody waits for a reload, and what does leaves nothing behind: the child may live as long as a VM. */
START_TEST(test_reload)
{
	ck_assert_int_eq(setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(manager_watched.reload(&running, LONG_MS), 0);
	ck_assert_int_gt(watched_pid(), 0);
	ck_assert_int_eq(clock_await(ask_alone, NULL, LONG_MS), 1);
}
END_TEST

static void drain_pipe(void)
{
	char page[4096];

	while (read(full[0], page, sizeof(page)) > 0)
		;
}

START_TEST(test_stuck)
{
	uint64_t begin = clock_now_us();
	pid_t stuck;
	int status;

	ck_assert_int_eq(watched_run(&running, (const char *[]){ "/bin/true", NULL }, NULL, 0, LONG_MS), 0);
	stuck = watched_pid();
	ck_assert_int_gt(stuck, 0);
	ck_assert_int_eq(watched_write(&running, full[1], "x", 50, -1, NULL), KERNEL_STUCK);
	ck_assert_uint_lt(clock_now_us() - begin, LONG_MS * 1000u);
	ck_assert_int_eq(watched_pid(), 0);
	/* Another one serves meanwhile. */
	ck_assert_int_eq(watched_run(&running, (const char *[]){ "/bin/true", NULL }, NULL, 0, LONG_MS), 0);
	ck_assert_int_ne(watched_pid(), stuck);
	ck_assert_int_eq(waitpid(stuck, &status, WNOHANG), 0);
	/* It does what it was asked when it can, and ends. */
	drain_pipe();
	ck_assert_int_eq(waitpid(stuck, &status, 0), stuck);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(test_killed)
{
	ck_assert_int_eq(watched_run(&running, (const char *[]){ "/bin/true", NULL }, NULL, 0, LONG_MS), 0);
	ck_assert_int_eq(kill(watched_pid(), SIGKILL), 0);
	ck_assert_int_lt(watched_run(&running, (const char *[]){ "/bin/true", NULL }, NULL, 0, LONG_MS), 0);
	ck_assert_int_eq(watched_run(&running, (const char *[]){ "/bin/true", NULL }, NULL, 0, LONG_MS), 0);
}
END_TEST

/* The driver says that it waits: the deadline is not waited for. */
START_TEST(test_told)
{
	static const char record[] =
		"5,1000,123456,-;NVRM: Attempting to remove device 0000:01:00.0 with non-zero usage count!\n";
	uint64_t begin = clock_now_us();
	int log[2];

	ck_assert_int_eq(pipe2(log, O_CLOEXEC | O_NONBLOCK), 0);
	ck_assert_int_eq((int)write(log[1], record, strlen(record)), (int)strlen(record));
	ck_assert_int_eq(watched_write(&running, full[1], "x", LONG_MS, log[0], "0000:01:00.0"), KERNEL_STUCK);
	ck_assert_uint_lt(clock_now_us() - begin, LONG_MS * 1000u);
	(void)close(log[0]);
	(void)close(log[1]);
	drain_pipe();
}
END_TEST

static const struct {
	const char *record;
	bool tells;
} records[] = {
	{ "6,1,2,-;NVRM: Attempting to remove device 0000:01:00.0 with non-zero usage count!\n", true },
	{ "4,1,2,c;usb 1-1: x NVRM: Attempting to remove device 0000:01:00.0 with non-zero usage count!\n", true },
	{ "6,1,2,-;NVRM: Attempting to remove device 0000:41:00.0 with non-zero usage count!\n", false },
	{ "6,1,2,-;NVRM: Continuing with GPU removal for device 0000:01:00.0\n", false },
	{ "", false },
};

START_TEST(test_record)
{
	ck_assert_int_eq(kmsg_record_tells(records[_i].record, "0000:01:00.0"), records[_i].tells);
}
END_TEST

TCase *case_watched(void)
{
	TCase *tcase = suite_case("watched");

	tcase_add_checked_fixture(tcase, watched_start, watched_stop);
	tcase_add_test(tcase, test_requests);
	tcase_add_test(tcase, test_stands_apart);
	tcase_add_test(tcase, test_long_value);
	tcase_add_test(tcase, test_kernel_writes);
	tcase_add_test(tcase, test_manage);
	tcase_add_test(tcase, test_manage_more);
	tcase_add_test(tcase, test_reload);
	tcase_add_test(tcase, test_stuck);
	tcase_add_test(tcase, test_killed);
	tcase_add_test(tcase, test_told);
	add_rows(tcase, test_record, records);
	return tcase;
}
