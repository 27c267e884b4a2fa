// SPDX-License-Identifier: GPL-2.0-or-later
/* Processors and memory of recorded machines. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe/topology.h"
#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/unit/probe/probe.h"

static struct topology topology;

/* What each is known to have; cpus: those of another record. */
static const struct {
	const char *record, *cpus;
	unsigned int n_cores, n_cpus, n_caches, n_nodes, n_small;
	bool is_amd;
} rows[] = {
	{ "thinkpad-1270p-hybrid", NULL, 12, 16, 1, 1, 8, false },
	{ "am4-ryzen1600-hd6670", NULL, 6, 12, 2, 1, 0, true },
	{ "dell-2s-l5640", NULL, 12, 24, 2, 2, 0, false },
	{ "haswell-gtx1070ti", "intel-raptorlake-corei7-1370p", 14, 20, 1, 1, 8, false },
	{ "haswell-gtx1070ti", "amd-1ah-zen5strixpoint-ryzenai9hx370", 12, 24, 2, 1, 0, false },
	{ "haswell-gtx1070ti", "epyc-7742-8nodes", 256, 256, 8, 8, 0, false },
	{ "haswell-gtx1070ti", "intel-sapphirerapids-2xxeonmax9460", 80, 160, 2, 1, 0, false },
};

static void make(const char *name, const char *cpus, struct scratch *scratch)
{
	json_object *record = record_load(name), *other = NULL;
	char path[256];

	if (cpus) {
		(void)snprintf(path, sizeof(path), RECORDS "/cpu/%s.json", cpus);
		other = json_object_from_file(path);
		ck_assert_ptr_nonnull(other);
	}
	scratch_make(scratch);
	tree_write(scratch->fd, record, other ? json_object_object_get(other, "cpu_topology") : NULL);
	json_object_put(other);
	json_object_put(record);
}

static int probe(const struct scratch *scratch)
{
	struct host host;
	int r;

	ck_assert_int_eq(host_open(scratch->path, &host), 0);
	r = topology_probe(&host, scratch->path, &topology);
	host_close(&host);
	return r;
}

START_TEST(test_record)
{
	unsigned int n_cpus = 0, n_small = 0;
	struct scratch scratch;

	make(rows[_i].record, rows[_i].cpus, &scratch);
	ck_assert_int_eq(probe(&scratch), 0);
	for (unsigned int i = 0; i < topology.n_cores; i++) {
		n_cpus += topology.cores[i].n_cpus;
		n_small += topology.cores[i].efficient;
		ck_assert(i == 0 || topology.cores[i].cpus[0] > topology.cores[i - 1].cpus[0]);
		ck_assert_uint_eq(topology.caches[topology.cores[i].cache].node, topology.cores[i].node);
	}
	ck_assert_uint_eq(topology.n_cores, rows[_i].n_cores);
	ck_assert_uint_eq(n_cpus, rows[_i].n_cpus);
	ck_assert_uint_eq(topology.n_caches, rows[_i].n_caches);
	ck_assert_uint_eq(topology.n_nodes, rows[_i].n_nodes);
	ck_assert_uint_eq(n_small, rows[_i].n_small);
	ck_assert_int_eq(topology.is_amd, rows[_i].is_amd);
	/* As tree_cpu.c has it. */
	for (unsigned int i = 0; i < topology.n_nodes; i++)
		ck_assert_uint_eq(topology.nodes[i].size, 33554432ULL * 1024);
	scratch_remove(&scratch);
}
END_TEST

START_TEST(test_memory)
{
	struct scratch scratch;

	make("dell-2s-l5640", NULL, &scratch);
	put_text(scratch.fd, "sys/devices/system/node/node1/meminfo",
		"Node 1 MemTotal:        1048576 kB\nNode 1 MemFree: 5 kB\n");
	put_text(scratch.fd, "sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages", "12\n");
	put_text(scratch.fd, "sys/devices/system/node/node0/hugepages/hugepages-1048576kB/free_hugepages", "3\n");
	put_text(scratch.fd, "sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 99999999999999999999 kB\n");
	ck_assert_int_eq(probe(&scratch), 0);
	ck_assert_uint_eq(topology.nodes[1].size, 1ULL << 30);
	ck_assert_uint_eq(topology.nodes[1].free_2m, 12);
	ck_assert_uint_eq(topology.nodes[0].free_1g, 3);
	ck_assert_uint_eq(topology.nodes[0].size, MEMORY_UNKNOWN);
	ck_assert_uint_eq(topology_memory(&topology), MEMORY_UNKNOWN);
	put_text(scratch.fd, "sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 0 kB\n");
	ck_assert_int_eq(probe(&scratch), 0);
	ck_assert_uint_eq(topology.nodes[0].size, 0);
	scratch_remove(&scratch);
}
END_TEST

/* Two fifths of the records do not tell of their CPUs. */
START_TEST(test_none)
{
	struct scratch scratch;

	make("haswell-gtx1070ti", NULL, &scratch);
	ck_assert_int_eq(probe(&scratch), -ENODATA);
	/* One that is no list is no reason to call a core small. */
	scratch_remove(&scratch);
	make("thinkpad-1270p-hybrid", NULL, &scratch);
	put_text(scratch.fd, "sys/devices/cpu_core/cpus", "0-x\n");
	ck_assert_int_eq(probe(&scratch), 0);
	ck_assert(!topology.cores[topology.n_cores - 1].efficient);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_topology(void)
{
	TCase *tcase = suite_case("topology");

	add_rows(tcase, test_record, rows);
	tcase_add_test(tcase, test_memory);
	tcase_add_test(tcase, test_none);
	return tcase;
}
