// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Holders on the running host: children of the test, each with one way to hold /dev/full or /dev/zero. The host is
 * shared with others, so only what is said of the children is looked at.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe/process.h"
#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

enum { FULL_NODE, ZERO_NODE };

static const struct nodes nodes = {
	2,
	{ { .major = 1, .minor = 7, .name = "/dev/full" }, { .major = 1, .minor = 5, .name = "/dev/zero" } },
};

static struct holders holders;
static struct host host;
static struct scratch scratch;
static int ready[2];
static pid_t child;

static void setup(void)
{
	scratch_make(&scratch);
	ck_assert_int_eq(host_open(NULL, &host), 0);
	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	child = -1;
}

static void teardown(void)
{
	if (child > 0) {
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
	}
	host_close(&host);
	scratch_remove(&scratch);
}

/* A child tells how it went: 0, or an errno. It lives until it is killed. */
static void tell(int error)
{
	unsigned char byte = (unsigned char)error;

	if (write(ready[1], &byte, 1) != 1 || error != 0)
		_exit(1);
	for (;;)
		(void)pause();
}

/* Returns what the child told. */
static int start(void (*hold)(void))
{
	unsigned char error;

	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		hold();
		tell(0);
	}
	ck_assert_int_eq(read(ready[0], &error, 1), 1);
	return error;
}

static const struct holder *find(pid_t pid)
{
	for (unsigned int i = 0; i < holders.n_holders; i++) {
		if (holders.holders[i].pid == pid)
			return &holders.holders[i];
	}
	return NULL;
}

/* Who holds a node, in the one set, of the child. */
static void expect(bool full_opened, bool zero_mapped)
{
	const struct holder *holder;

	ck_assert_int_eq(process_scan(&host, &nodes, &holders), 0);
	holder = find(child);
	ck_assert_ptr_nonnull(holder);
	ck_assert_int_eq(node_set_has(&holder->opened, FULL_NODE), full_opened);
	ck_assert_int_eq(node_set_has(&holder->mapped, ZERO_NODE), zero_mapped);
	ck_assert(!node_set_has(&holder->opened, ZERO_NODE) && !node_set_has(&holder->mapped, FULL_NODE));
	ck_assert_uint_eq(holder->uid, geteuid());
	ck_assert(!holder->dma_buf);
	ck_assert_int_eq(process_is_alive(&host, child, holder->start), 1);
	ck_assert_int_eq(process_is_alive(&host, child, holder->start + 1), 0);
}

static void hold_open(void)
{
	(void)prctl(PR_SET_NAME, "a (b) c");
	if (open("/dev/full", O_RDONLY) < 0)
		tell(errno);
}

/* The caller has it open as well, and is left out. */
START_TEST(test_opened)
{
	ck_assert_int_ge(open("/dev/full", O_RDWR | O_CLOEXEC), 0);
	ck_assert_int_eq(start(hold_open), 0);
	expect(true, false);
	ck_assert_str_eq(find(child)->command, "a (b) c");
	ck_assert_ptr_null(find(getpid()));
}
END_TEST

/* Private memory of /dev/zero has no other file than the node. */
static void map(const char *path)
{
	int fd = open(path, O_RDWR);

	if (fd < 0 || mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED || close(fd) < 0)
		tell(errno);
}

static void hold_mapped(void)
{
	map("/dev/zero");
}

START_TEST(test_mapped)
{
	ck_assert_int_eq(start(hold_mapped), 0);
	expect(false, true);
}
END_TEST

static void *hold_in_thread(void *data)
{
	(void)data;
	if (unshare(CLONE_FILES) < 0 || open("/dev/full", O_RDWR) < 0)
		tell(errno);
	tell(0);
	return NULL;
}

static void hold_by_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, hold_in_thread, NULL) != 0)
		tell(EAGAIN);
	for (;;)
		(void)pause();
}

START_TEST(test_thread)
{
	ck_assert_int_eq(start(hold_by_thread), 0);
	expect(true, false);
}
END_TEST

static void *hold_without_leader(void *data)
{
	(void)pthread_join(*(pthread_t *)data, NULL);
	tell(0);
	return NULL;
}

static void hold_by_orphan(void)
{
	static pthread_t leader;
	pthread_t thread;

	leader = pthread_self();
	hold_open();
	map("/dev/zero");
	if (pthread_create(&thread, NULL, hold_without_leader, &leader) != 0)
		tell(EAGAIN);
	pthread_exit(NULL);
}

/* The leader has ended and shows nothing; the thread has it all. */
START_TEST(test_zombie_leader)
{
	ck_assert_int_eq(start(hold_by_orphan), 0);
	expect(true, true);
}
END_TEST

/* Elsewhere it has another name, and there is another file where its name was. */
static void hold_elsewhere(void)
{
	char path[300];

	if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("none", scratch.path, "tmpfs", 0, NULL) < 0)
		tell(errno);
	(void)snprintf(path, sizeof(path), "%s/other", scratch.path);
	if (close(open(path, O_CREAT | O_WRONLY, 0600)) < 0 || mount("/dev/full", path, NULL, MS_BIND, NULL) < 0 ||
		mount("/dev/null", "/dev/full", NULL, MS_BIND, NULL) < 0 || open(path, O_RDWR) < 0 ||
		umount2(path, MNT_DETACH) < 0)
		tell(errno);
	if (geteuid() != 0)
		return;
	if (mount("/dev/zero", path, NULL, MS_BIND, NULL) < 0)
		tell(errno);
	map(path);
}

START_TEST(test_mount_namespace)
{
	/* Without root and without user namespaces there is none to be had; the tree of process.c covers the rest. */
	if (start(hold_elsewhere) == 0)
		expect(true, geteuid() == 0);
}
END_TEST

/* What ends meanwhile is no error. */
START_TEST(test_vanishing)
{
	child = fork();
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			pid_t one = fork();

			if (one == 0)
				_exit(open("/dev/full", O_RDWR));
			(void)waitpid(one, NULL, 0);
		}
	}
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(process_scan(&host, &nodes, &holders), 0);
}
END_TEST

START_TEST(test_gone)
{
	siginfo_t info;
	uint64_t begun;

	ck_assert_int_eq(start(hold_open), 0);
	expect(true, false);
	begun = find(child)->start;
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	/* Ended, and not asked about yet. */
	ck_assert_int_eq(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(process_is_alive(&host, child, begun), 0);
	ck_assert_int_eq(process_scan(&host, &nodes, &holders), 0);
	ck_assert_ptr_null(find(child));
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(process_is_alive(&host, child, begun), 0);
	child = -1;
}
END_TEST

/* As nobody, of a process that is nobody's to look at. */
static void look_as_nobody(void)
{
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		tell(errno);
	if (process_scan(&host, &nodes, &holders) < 0)
		tell(EIO);
	tell(holders.n_hidden > 0 && !find(getppid()) ? 0 : ENOENT);
}

START_TEST(test_hidden)
{
	ck_assert_int_ge(open("/dev/full", O_RDWR | O_CLOEXEC), 0);
	ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 0), 0);
	ck_assert_int_eq(start(look_as_nobody), 0);
}
END_TEST

TCase *case_process_live(void)
{
	TCase *tcase = suite_case("process, live");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_opened);
	tcase_add_test(tcase, test_mapped);
	tcase_add_test(tcase, test_thread);
	tcase_add_test(tcase, test_zombie_leader);
	tcase_add_test(tcase, test_mount_namespace);
	tcase_add_test(tcase, test_vanishing);
	tcase_add_test(tcase, test_gone);
	tcase_add_test(tcase, test_hidden);
	return tcase;
}
