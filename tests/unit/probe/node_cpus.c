// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/node_cpus.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define NODES "sys/devices/system/node/"

static struct scratch scratch;
static struct host host;

static void setup(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "proc");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
}

static void teardown(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

/* Nodes 0 and 2 with CPUs, node 3 of memory alone; a host without nodes, online; the CPUs, and those that are near. */
static const struct {
	bool nodes;
	const char *online, *cpus, *near;
	int expected;
} rows[] = {
	{ true, "0-7", "5", "4-7", 0 },
	{ true, "0-7", "1,6", "0-7", 0 },
	{ true, "0-7", "9", "", 0 },
	{ false, "0-7", "5", "0-7", 0 },
	{ false, "0-2,5", "5", "0-2,5", 0 },
	{ false, "none", "5", "", -EINVAL },
	{ false, NULL, "5", "", -ENOENT },
};

START_TEST(test_near)
{
	struct cpuset cpus, near;

	if (rows[_i].nodes) {
		put_text(scratch.fd, NODES "online", "0,2-3\n");
		put_text(scratch.fd, NODES "node0/cpulist", "0-3\n");
		put_text(scratch.fd, NODES "node2/cpulist", "4-7\n");
		put_text(scratch.fd, NODES "node3/cpulist", "\n");
	}
	if (rows[_i].online)
		put_text(scratch.fd, "sys/devices/system/cpu/online", "%s\n", rows[_i].online);
	ck_assert_int_eq(cpuset_parse(rows[_i].cpus, &cpus), 0);
	ck_assert_int_eq(node_cpus_probe(&host, &cpus, &near), rows[_i].expected);
	ck_assert_str_eq(cpuset_text(&near).s, rows[_i].near);
}
END_TEST

TCase *case_node_cpus(void)
{
	TCase *tcase = suite_case("node_cpus");

	tcase_add_checked_fixture(tcase, setup, teardown);
	add_rows(tcase, test_near, rows);
	return tcase;
}
