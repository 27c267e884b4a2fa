// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/memory.h"

#include <errno.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

START_TEST(test_meminfo)
{
	static const char text[] = "Node 1 MemTotal:       32768 kB\nNode 1 MemFree:           12 kB\n"
				   "Node 1 MemUsed: x kB\nNode\n";
	uint64_t kib = 7;

	ck_assert_int_eq(node_meminfo_parse(text, "MemFree", &kib), 0);
	ck_assert_uint_eq(kib, 12);
	ck_assert_int_eq(node_meminfo_parse(text, "MemTotal", &kib), 0);
	ck_assert_uint_eq(kib, 32768);
	ck_assert_int_eq(node_meminfo_parse(text, "Mem", &kib), -EINVAL);
	ck_assert_int_eq(node_meminfo_parse(text, "MemUsed", &kib), -EINVAL);
	ck_assert_uint_eq(kib, 32768);
}
END_TEST

#define TWO_ZONES                                                                                                      \
	"Node 0, zone      DMA      0      0      0      0      0      0      0      0      1      2      3 \n"        \
	"Node 0, zone   Normal    100     50      0      0      0      0      0      0      0      1      0 \n"

static const struct {
	const char *text;
	unsigned int node;
	uint64_t free_kib, page_kib;
	int r;
	uint64_t blocks_kib;
} rows[] = {
	/* Pages of 4 KiB: 2 MiB are of order 9, and 1 GiB is larger than any block. */
	{ TWO_ZONES, 0, 4 * (256 + 3 * 512 + 3 * 1024 + 200), 2048, 0, 3 * 2048 + 3 * 4096 },
	{ TWO_ZONES, 0, 4 * (256 + 3 * 512 + 3 * 1024 + 200), 1048576, 0, 0 },
	/* Pages of 64 KiB: 2 MiB are of order 5, so the block of order 8 counts as well. */
	{ TWO_ZONES, 0, 64 * (256 + 3 * 512 + 3 * 1024 + 200), 2048, 0, 64 * (256 + 3 * 512 + 3 * 1024) },
	{ TWO_ZONES, 1, 4096, 2048, -EINVAL, 0 },
	{ "Node 0, zone DMA\n", 0, 0, 2048, 0, 0 },
	{ "Node 0x, zone DMA 1\nnode 0, zone DMA 1\n", 0, 0, 2048, -EINVAL, 0 },
	{ "", 0, 0, 2048, -EINVAL, 0 },
};

START_TEST(test_buddyinfo)
{
	uint64_t kib = 0;

	ck_assert_int_eq(
		buddyinfo_parse(rows[_i].text, rows[_i].node, rows[_i].free_kib, rows[_i].page_kib, &kib), rows[_i].r);
	ck_assert_uint_eq(kib, rows[_i].blocks_kib);
}
END_TEST

START_TEST(test_node)
{
	struct node_free memory;
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "proc");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(node_free_probe(&host, 3, 2048, &memory), -ENOENT);
	put_text(scratch.fd, "sys/devices/system/node/node3/meminfo",
		"Node 3 MemTotal: 9000 kB\nNode 3 MemFree: 4096 kB\n");
	ck_assert_int_eq(node_free_probe(&host, 3, 2048, &memory), 0);
	ck_assert(memory.total_kib == 9000 && memory.free_kib == 4096 && !memory.has_blocks);
	put_text(scratch.fd, "proc/buddyinfo", "Node 3, zone   Normal 0 0 0 0 0 0 0 0 0 0 1\n");
	ck_assert_int_eq(node_free_probe(&host, 3, 2048, &memory), 0);
	ck_assert(memory.has_blocks && memory.blocks_kib == 4096);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_memory(void)
{
	TCase *tcase = suite_case("memory");

	tcase_add_test(tcase, test_meminfo);
	add_rows(tcase, test_buddyinfo, rows);
	tcase_add_test(tcase, test_node);
	return tcase;
}
