// SPDX-License-Identifier: GPL-2.0-or-later
/* Holders in a tree that is made up: what /proc would say, with links to device nodes that every host has. */
#include "probe/process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

enum { NULL_NODE, FULL_NODE, SHARED_NODE };

/* The last is the second's number again, of another owner. */
static const struct nodes nodes = {
	3,
	{ { .major = 1, .minor = 3, .name = "/dev/null" },
		{ .major = 1, .minor = 7, .owner = { .bus = 1 }, .name = "/dev/full" },
		{ .major = 1, .minor = 7, .owner = { .bus = 2 }, .name = "/dev/full" } },
};

static struct holders holders;
static struct scratch scratch;
static struct host host;

static void setup(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "proc/self/fd");
	put_directory(scratch.fd, "proc/sys");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
}

static void teardown(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static void put_absolute(const char *path, const char *target)
{
	char parent[256];

	(void)snprintf(parent, sizeof(parent), "%s", path);
	*strrchr(parent, '/') = '\0';
	put_directory(scratch.fd, parent);
	ck_assert_int_eq(symlinkat(target, scratch.fd, path), 0);
}

static void put_process(int pid, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/%d/stat", pid);
	put_text(
		scratch.fd, path, "%d (%s) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 %d 20\n", pid, name, pid * 10);
}

static void put_maps(int pid, const char *text)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/%d/maps", pid);
	put_text(scratch.fd, path, "%s", text);
}

static void scan(unsigned int n_holders, unsigned int n_hidden)
{
	memset(&holders, 0xa5, sizeof(holders));
	ck_assert_int_eq(process_scan(&host, &nodes, &holders), 0);
	ck_assert_uint_eq(holders.n_holders, n_holders);
	ck_assert_uint_eq(holders.n_hidden, n_hidden);
}

static void expect_sets(const struct holder *holder, bool null_opened, bool full_opened, bool full_mapped)
{
	ck_assert_int_eq(node_set_has(&holder->opened, NULL_NODE), null_opened);
	ck_assert_int_eq(node_set_has(&holder->opened, FULL_NODE), full_opened);
	ck_assert_int_eq(node_set_has(&holder->opened, SHARED_NODE), full_opened);
	ck_assert_int_eq(node_set_has(&holder->mapped, FULL_NODE), full_mapped);
	ck_assert_int_eq(node_set_has(&holder->mapped, SHARED_NODE), full_mapped);
	ck_assert(!node_set_has(&holder->mapped, NULL_NODE));
}

START_TEST(test_opened)
{
	put_process(812, "Xorg) S 1");
	put_absolute("proc/812/fd/0", "/dev/null");
	put_absolute("proc/812/fd/255", "/dev/full");
	put_text(scratch.fd, "proc/812/cgroup", "0::/system.slice/gdm.service\n");
	/* Has other things open. */
	put_process(900, "bash");
	put_absolute("proc/900/fd/0", "/dev/zero");
	put_absolute("proc/900/fd/1", "/");
	put_absolute("proc/900/fd/2", "socket:[4711]");
	put_absolute("proc/900/fd/3", scratch.path);
	put_absolute("proc/900/fd/4", "/etc/passwd");
	put_absolute("proc/900/fd/5", "/srv/dev/full");
	/* No process. */
	put_absolute("proc/self/fd/0", "/dev/full");
	put_absolute("proc/12x/fd/0", "/dev/full");
	scan(1, 0);
	ck_assert_int_eq(holders.holders[0].pid, 812);
	ck_assert_uint_eq(holders.holders[0].start, 8120);
	ck_assert_uint_eq(holders.holders[0].uid, getuid());
	ck_assert_str_eq(holders.holders[0].command, "Xorg) S 1");
	ck_assert_int_eq(holders.holders[0].unit.kind, UNIT_SERVICE);
	ck_assert_str_eq(holders.holders[0].unit.name, "gdm.service");
	ck_assert(!holders.holders[0].dma_buf);
	expect_sets(&holders.holders[0], true, true, false);
}
END_TEST

/* One answer of the kernel's serves for a file, but not for another one that only has the same inode number. */
START_TEST(test_mapped)
{
	put_process(10, "a");
	put_maps(10, "00400000-00401000 r-xp 00000000 fd:01 7                          /usr/bin/a\n"
		     "00500000-00501000 rw-p 00000000 00:00 0                          [heap]\n"
		     "7f0000000000-7f0000001000 rw-s 00000000 00:06 99                /srv/zero\n"
		     "7f0000001000-7f0000002000 rw-s 00001000 00:06 99                /srv/node\n");
	put_absolute("proc/10/map_files/400000-401000", "/etc/passwd");
	put_absolute("proc/10/map_files/7f0000000000-7f0000001000", "/dev/zero");
	put_absolute("proc/10/map_files/7f0000001000-7f0000002000", "/dev/full");
	put_process(12, "c");
	put_maps(12, "7f0000002000-7f0000003000 rw-s 00000000 00:06 99                /srv/other\n"
		     "7f0000003000-7f0000004000 rw-s 00001000 00:06 99                /srv/other\n");
	put_absolute("proc/12/map_files/7f0000002000-7f0000003000", "/dev/zero");
	put_absolute("proc/12/map_files/7f0000003000-7f0000004000", "/dev/full");
	scan(1, 0);
	ck_assert_int_eq(holders.holders[0].pid, 10);
	expect_sets(&holders.holders[0], false, false, true);
}
END_TEST

/* Where the kernel does not tell: the name, and nothing but the whole of it. */
START_TEST(test_mapped_by_name)
{
	put_process(10, "a");
	put_maps(10, "7f0000000000-7f0000001000 rw-s 00000000 00:06 99                /dev/full\n");
	put_process(11, "b");
	put_maps(11, "7f0000000000-7f0000001000 rw-s 00000000 00:06 98                /dev/full2\n"
		     "7f0000001000-7f0000002000 rw-s 00000000 00:06 97                /srv/dev/full\n"
		     "7f0000001000-7f0000002000 rw-s 00000000 00:00 0                 /dev/full\n");
	scan(1, 0);
	ck_assert_int_eq(holders.holders[0].pid, 10);
	expect_sets(&holders.holders[0], false, false, true);
}
END_TEST

/* More files than answers are kept, on more lines than are read at once; the node comes late. */
START_TEST(test_mapped_many)
{
	static char text[6000 * 80];
	size_t n = 0;

	for (unsigned int i = 1; i <= 5000; i++) {
		char link[64];

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%08x-%08x rw-s 00000000 00:06 %u    /srv/%u\n",
			i << 12, (i + 1) << 12, i, i);
		(void)snprintf(link, sizeof(link), "proc/10/map_files/%x-%x", i << 12, (i + 1) << 12);
		put_absolute(link, i == 4990 ? "/dev/full" : "/dev/zero");
	}
	put_process(10, "a");
	put_maps(10, text);
	scan(1, 0);
	expect_sets(&holders.holders[0], false, false, true);
}
END_TEST

/* A thread has a table of its own; the leader of another has ended, and its memory is to be seen by a thread alone. */
START_TEST(test_threads)
{
	put_process(20, "a");
	put_absolute("proc/20/fd/0", "/dev/null");
	put_absolute("proc/20/task/20/fd/0", "/dev/null");
	put_absolute("proc/20/task/21/fd/0", "/dev/full");
	put_process(30, "b");
	put_directory(scratch.fd, "proc/30/fd");
	put_maps(30, "");
	put_directory(scratch.fd, "proc/30/task/30/fd");
	put_absolute("proc/30/task/31/fd/4", "/dev/null");
	put_directory(scratch.fd, "proc/30/task/32/fd");
	put_maps(31, "7f0000000000-7f0000001000 rw-s 00000000 00:06 99                /dev/full\n");
	/* The kernel lists no thread here; in this tree there is one, and it has no name: gone. */
	scan(2, 0);
	ck_assert_int_eq(holders.holders[0].pid, 20);
	expect_sets(&holders.holders[0], true, true, false);
	ck_assert_int_eq(holders.holders[1].pid, 30);
	expect_sets(&holders.holders[1], true, false, true);
}
END_TEST

static const struct {
	const char *fdinfo;
	bool found;
} buffers[] = {
	{ "pos:\t0\nflags:\t02000002\nmnt_id:\t16\nino:\t5\nsize:\t4096\ncount:\t2\nexp_name:\tnvidia\n", true },
	{ "exp_name:\tnvidia_drm\n", true },
	{ "size:\t4096\nexp_name:\ti915\n", false },
	{ "size:\t4096\nexp_name:\ti915\nname:\tx\nexp_name:\tnvidia\n", false },
	{ "size:\t4096\nname:\tnvidia\n", false },
	{ "xexp_name:\tnvidia\n", false },
	{ "exp_name:", false },
	{ "", false },
};

START_TEST(test_dma_buf)
{
	/* Of the process, and of a thread with a table of its own. */
	const char *const tables[] = { "fd", "task/41/fd" };

	for (int i = 0; i < COUNT(tables); i++) {
		char path[64];

		remove_all(scratch.fd, "proc/40");
		put_process(40, "a");
		(void)snprintf(path, sizeof(path), "proc/40/%s/7", tables[i]);
		put_absolute(path, "/dmabuf:");
		(void)snprintf(path, sizeof(path), "proc/40/%sinfo/7", tables[i]);
		put_text(scratch.fd, path, "%s", buffers[_i].fdinfo);
		scan(buffers[_i].found, 0);
		ck_assert(!buffers[_i].found || holders.holders[0].dma_buf);
	}
}
END_TEST

/* The lowest PIDs, in order, whatever the directory's; the rest is counted. */
START_TEST(test_many)
{
	for (int i = 0; i < HOLDERS_MAX + 44; i++) {
		int pid = 1 + i * 7 % (HOLDERS_MAX + 44);
		char path[64];

		put_process(pid, "x");
		(void)snprintf(path, sizeof(path), "proc/%d/fd/0", pid);
		put_absolute(path, "/dev/full");
	}
	scan(HOLDERS_MAX, 0);
	ck_assert_uint_eq(holders.n_more, 44);
	for (int i = 0; i < HOLDERS_MAX; i++)
		ck_assert_int_eq(holders.holders[i].pid, i + 1);
}
END_TEST

/* What is not as it should be is not taken for a process that holds nothing. */
START_TEST(test_hidden)
{
	put_process(50, "a");
	put_text(scratch.fd, "proc/50/fd", "no directory");
	put_process(51, "b");
	put_maps(51, "what is this\n");
	put_process(52, "c");
	put_maps(52, "7f0000000000-7f0000001000 rw-s 00000000 00:06 99   /srv/x");
	put_process(53, "d");
	put_absolute("proc/53/fd/0", "/dev/null");
	put_maps(53, "what is this\n");
	scan(1, 4);
	ck_assert_int_eq(holders.holders[0].pid, 53);
}
END_TEST

/* Its stat is what a holder without one lacks, unless it is gone altogether. */
START_TEST(test_stat)
{
	put_text(scratch.fd, "proc/60/stat", "60 (x");
	put_absolute("proc/60/fd/0", "/dev/null");
	put_absolute("proc/61/fd/0", "/dev/null");
	scan(1, 0);
	ck_assert_int_eq(holders.holders[0].pid, 60);
	ck_assert_uint_eq(holders.holders[0].start, 0);
	ck_assert_str_eq(holders.holders[0].command, "");
	ck_assert_int_eq(holders.holders[0].unit.kind, UNIT_NONE);
}
END_TEST

START_TEST(test_no_proc)
{
	struct host none = host;

	none.proc = -1;
	ck_assert_int_eq(process_scan(&none, &nodes, &holders), -ENOENT);
	ck_assert_int_eq(process_is_alive(&none, 1, 1), 0);
}
END_TEST

static const struct {
	const char *stat;
	int expected;
} alive[] = {
	{ "70 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 700 20", 1 },
	{ "70 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 701 20", 0 },
	{ "70 (x) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 700 20", 0 },
	{ "70 (x) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 2 18 700 20", 1 },
	{ "70 (Z) S 700) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 700 20", 1 },
	{ "70 (x) S 1 2 3", -EBADMSG },
	{ "", -EBADMSG },
};

START_TEST(test_alive)
{
	put_text(scratch.fd, "proc/70/stat", "%s", alive[_i].stat);
	ck_assert_int_eq(process_is_alive(&host, 70, 700), alive[_i].expected);
	ck_assert_int_eq(process_is_alive(&host, 71, 700), 0);
}
END_TEST

TCase *case_process(void)
{
	TCase *tcase = suite_case("process");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_opened);
	tcase_add_test(tcase, test_mapped);
	tcase_add_test(tcase, test_mapped_by_name);
	tcase_add_test(tcase, test_mapped_many);
	tcase_add_test(tcase, test_threads);
	add_rows(tcase, test_dma_buf, buffers);
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_hidden);
	tcase_add_test(tcase, test_stat);
	tcase_add_test(tcase, test_no_proc);
	add_rows(tcase, test_alive, alive);
	return tcase;
}
