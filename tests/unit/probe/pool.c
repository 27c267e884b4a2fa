// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define NODES "sys/devices/system/node/"
#define WHOLE "sys/kernel/mm/hugepages/"

static struct scratch scratch;
static struct host host;
static struct pools pools;

static void setup(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_text(scratch.fd, "proc/meminfo", "MemTotal:  8 kB\nHugepagesize:       2048 kB\nHugetlb:  0 kB\n");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
}

static void teardown(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static void put_pool(const char *directory, int kib, int total, int free, int surplus)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/hugepages-%dkB/nr_hugepages", directory, kib);
	put_text(scratch.fd, path, "%d\n", total);
	(void)snprintf(path, sizeof(path), "%s/hugepages-%dkB/free_hugepages", directory, kib);
	put_text(scratch.fd, path, "%d\n", free);
	(void)snprintf(path, sizeof(path), "%s/hugepages-%dkB/surplus_hugepages", directory, kib);
	put_text(scratch.fd, path, "%d\n", surplus);
}

static void expect_pool(
	unsigned int i, unsigned int node, uint64_t kib, uint64_t total, uint64_t free, uint64_t surplus)
{
	const struct pool *pool = &pools.pools[i];

	ck_assert_uint_lt(i, pools.n_pools);
	ck_assert_uint_eq(pool->node, node);
	ck_assert_uint_eq(pool->page_kib, kib);
	ck_assert_uint_eq(pool->total, total);
	ck_assert_uint_eq(pool->free, free);
	ck_assert_uint_eq(pool->surplus, surplus);
}

START_TEST(test_nodes)
{
	put_pool(NODES "node10/hugepages", 2048, 7, 6, 5);
	put_pool(NODES "node2/hugepages", 1048576, 4, 3, 0);
	put_pool(NODES "node2/hugepages", 2048, 512, 500, 2);
	put_text(scratch.fd, NODES "node2/hugepages/hugepages-xkB/nr_hugepages", "9\n");
	put_text(scratch.fd, NODES "node2/hugepages/hugepages-kB/nr_hugepages", "9\n");
	put_text(scratch.fd, NODES "online", "0-10\n");
	put_directory(scratch.fd, NODES "node3");
	put_pool(WHOLE, 2048, 519, 506, 7);
	put_text(scratch.fd, WHOLE "hugepages-2048kB/resv_hugepages", "11\n");
	ck_assert_int_eq(pools_probe(&host, &pools), 0);
	ck_assert_uint_eq(pools.n_pools, 3);
	expect_pool(0, 2, 2048, 510, 500, 2);
	expect_pool(1, 2, 1048576, 4, 3, 0);
	expect_pool(2, 10, 2048, 2, 6, 5);
	ck_assert_uint_eq(pools.default_kib, 2048);
	ck_assert_uint_eq(pools.reserved_kib, 11 * 2048);
}
END_TEST

START_TEST(test_no_numa)
{
	put_pool(WHOLE, 2048, 3, 2, 1);
	ck_assert_int_eq(pools_probe(&host, &pools), 0);
	ck_assert_uint_eq(pools.n_pools, 1);
	expect_pool(0, 0, 2048, 2, 2, 1);
	ck_assert_uint_eq(pools.reserved_kib, 0);
}
END_TEST

static const char *const meminfo[] = { "", "MemTotal: 8 kB\n", "x\nHugepagesize: many kB\n",
	"x\nXHugepagesize: 4 kB\n" };

START_TEST(test_none)
{
	put_text(scratch.fd, "proc/meminfo", "%s", meminfo[_i]);
	put_directory(scratch.fd, NODES "node0");
	ck_assert_int_eq(pools_probe(&host, &pools), 0);
	ck_assert_uint_eq(pools.n_pools, 0);
	ck_assert_uint_eq(pools.default_kib, 0);
}
END_TEST

static const char *const counts[] = { "x", "-1", "", "18446744073709551615", "4294967296" };

START_TEST(test_odd)
{
	put_pool(NODES "node0/hugepages", 2048, 3, 2, 1);
	put_text(scratch.fd, NODES "node0/hugepages/hugepages-2048kB/free_hugepages", "%s\n", counts[_i]);
	ck_assert_int_eq(pools_probe(&host, &pools), -EBADMSG);
}
END_TEST

START_TEST(test_many)
{
	char path[64];

	for (int i = 0; i <= POOLS_MAX; i++) {
		(void)snprintf(path, sizeof(path), NODES "node%d/hugepages", i);
		put_pool(path, 2048, i, 0, 0);
		ck_assert(i % 100 != 0 || pools_probe(&host, &pools) == 0);
	}
	ck_assert_int_eq(pools_probe(&host, &pools), -E2BIG);
}
END_TEST

static const struct pool_id of_node0 = { 0, 2048 }, of_node1 = { 1, 2048 };

static int probe_one(struct pool_id id, struct pool *ret)
{
	memset(ret, 0xff, sizeof(*ret));
	return pool_probe(&host, id, ret);
}

START_TEST(test_one)
{
	char path[POOL_PATH_SIZE];
	struct pool pool;

	/* Without NUMA all are node 0's. */
	put_pool(WHOLE, 2048, 9, 6, 2);
	ck_assert_int_eq(probe_one(of_node0, &pool), 0);
	ck_assert(pool.total == 7 && pool.free == 6 && pool.surplus == 2 && pool.node == 0 && pool.page_kib == 2048);
	ck_assert_int_eq(probe_one(of_node1, &pool), -ENOENT);
	pool_path(&host, of_node0, "/nr_hugepages", path);
	ck_assert_str_eq(path, "kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
	/* With it they are those of all. */
	put_pool(NODES "node1/hugepages", 2048, 4, 3, 1);
	ck_assert_int_eq(probe_one(of_node0, &pool), -ENOENT);
	ck_assert_int_eq(probe_one(of_node1, &pool), 0);
	ck_assert(pool.total == 3 && pool.free == 3 && pool.surplus == 1 && pool.node == 1);
	pool_path(&host, of_node0, "/nr_hugepages", path);
	ck_assert_str_eq(path, "devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages");
}
END_TEST

#define DRAIN 400

/* Another process frees surplus pages: both counts change at once, by the swap of a link. */
static void drain(int directory)
{
	char name[16];

	for (int i = DRAIN; i >= 0; i--) {
		(void)snprintf(name, sizeof(name), "left-%d", i);
		if (symlinkat(name, directory, "next") < 0 ||
			renameat(directory, "next", directory, "hugepages-2048kB") < 0)
			_exit(1);
	}
	_exit(0);
}

/* Whatever is freed meanwhile, the total is what it is. */
START_TEST(test_drain)
{
	int directory, status;
	struct pool pool;
	char path[128];
	pid_t child;

	for (int i = 0; i <= DRAIN; i++) {
		(void)snprintf(path, sizeof(path), NODES "node1/hugepages/left-%d/nr_hugepages", i);
		put_text(scratch.fd, path, "%d\n", 10 + i);
		(void)snprintf(path, sizeof(path), NODES "node1/hugepages/left-%d/free_hugepages", i);
		put_text(scratch.fd, path, "5\n");
		(void)snprintf(path, sizeof(path), NODES "node1/hugepages/left-%d/surplus_hugepages", i);
		put_text(scratch.fd, path, "%d\n", i);
	}
	directory = beneath_open(scratch.fd, NODES "node1/hugepages", O_RDONLY | O_DIRECTORY, 0);
	ck_assert_int_ge(directory, 0);
	ck_assert_int_eq(symlinkat("left-400", directory, "hugepages-2048kB"), 0);
	ck_assert_int_eq(probe_one(of_node1, &pool), 0);
	ck_assert_uint_eq(pool.surplus, DRAIN);
	child = fork();
	if (child == 0)
		drain(directory);
	while (pool.surplus > 0) {
		ck_assert_int_eq(probe_one(of_node1, &pool), 0);
		ck_assert_uint_eq(pool.total, 10);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	(void)close(directory);
}
END_TEST

TCase *case_pool(void)
{
	TCase *tcase = suite_case("pool");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_nodes);
	tcase_add_test(tcase, test_no_numa);
	add_rows(tcase, test_none, meminfo);
	add_rows(tcase, test_odd, counts);
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_one);
	tcase_add_test(tcase, test_drain);
	return tcase;
}
