// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/resident.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define DEADLINE_MS 10000

/* KiB of nodes 0 and 1, and what of that is huge. */
static const struct {
	const char *text;
	int expected;
	uint64_t kib[2], huge_kib[2];
} rows[] = {
	{ "", 0, { 0 }, { 0 } },
	{ "7f0000000000 default\n", 0, { 0 }, { 0 } },
	{ "55d0 default file=/usr/bin/qemu mapped=10 N0=7 N1=3 kernelpagesize_kB=4\n", 0, { 28, 12 }, { 0 } },
	{ "7f00 bind:1 file=/memfd:pc.ram\\040(deleted) huge dirty=3 N1=3 kernelpagesize_kB=2048\n", 0, { 0, 6144 },
		{ 0, 6144 } },
	{ "7f00 default anon=1 dirty=1 N0=1 kernelpagesize_kB=64\n7f01 prefer (many):0-1 heap anon=2 N0=2\n", 0,
		{ 72, 0 }, { 0 } },
	{ "7f00 default huge N0=1 kernelpagesize_kB=1048576\n7f01 default N0=1 kernelpagesize_kB=4\n", 0,
		{ 1048580, 0 }, { 1048576, 0 } },
	/* A name is nothing else. */
	{ "7f00 default file=/N0=5 N0=1\n", 0, { 4, 0 }, { 0 } },
	{ "7f00 default file=/a\\040huge\\040N1=9 N0=1 kernelpagesize_kB=4\n", 0, { 4, 0 }, { 0 } },
	{ "7f00 default Nobody=1 N=3 huge1 N0=1\n", 0, { 4, 0 }, { 0 } },
	{ "7f00 default N1023=1 N0=1\n", 0, { 4, 0 }, { 0 } },
	/* What no kernel writes. */
	{ "7f00 default N0=1", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0=1\n7f", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N1024=1\n", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0=\n", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0\n", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0=1 N0=1\n", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0=-1\n", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0=18446744073709551616\n", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0=18446744073709551615\n", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0=4611686018427387903\n7f01 default N0=1\n", -EBADMSG, { 0 }, { 0 } },
	{ "7f00 default N0=1 kernelpagesize_kB=x\n", -EBADMSG, { 0 }, { 0 } },
};

/* However it is cut into pieces. */
START_TEST(test_row)
{
	size_t size = strlen(rows[_i].text);

	for (size_t piece = 1; piece <= size + 1; piece++) {
		static struct resident_reader reader;
		int r;

		memset(&reader, 0, sizeof(reader));
		for (size_t at = 0; at < size; at += piece)
			resident_reader_feed(&reader, rows[_i].text + at, size - at < piece ? size - at : piece);
		r = resident_reader_end(&reader);
		ck_assert_msg(r == rows[_i].expected, "%s: %d", rows[_i].text, r);
		for (unsigned int node = 0; r == 0 && node < 2; node++) {
			ck_assert_uint_eq(reader.resident.kib[node], rows[_i].kib[node]);
			ck_assert_uint_eq(reader.resident.huge_kib[node], rows[_i].huge_kib[node]);
		}
		ck_assert(r < 0 || !strstr(rows[_i].text, "N1023=1") || reader.resident.kib[1023] == 4);
	}
}
END_TEST

START_TEST(test_probe)
{
	static struct resident resident;
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_text(scratch.fd, "proc/7/numa_maps", "7f00 default huge N1=2 kernelpagesize_kB=2048\n");
	put_text(scratch.fd, "proc/8/numa_maps", "7f00 default N1=x\n");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	resident.kib[1] = 1;
	ck_assert_int_eq(resident_probe(&host, 8, &resident, DEADLINE_MS), -EBADMSG);
	ck_assert_int_eq(resident_probe(&host, 9, &resident, DEADLINE_MS), -ENOENT);
	ck_assert_uint_eq(resident.kib[1], 1);
	ck_assert_int_eq(resident_probe(&host, 7, &resident, DEADLINE_MS), 0);
	ck_assert_uint_eq(resident.kib[1], 4096);
	ck_assert_uint_eq(resident.huge_kib[1], 4096);
	ck_assert_uint_eq(resident.kib[0], 0);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* This process, as the running kernel tells, by a child. */
START_TEST(test_self)
{
	static struct resident resident;
	uint64_t sum = 0;
	struct host host;
	int r;

	ck_assert_int_eq(host_open(NULL, &host), 0);
	r = resident_probe(&host, getpid(), &resident, DEADLINE_MS);
	/* Without NUMA in the kernel. */
	ck_assert(r == 0 || r == -ENOENT);
	for (unsigned int i = 0; i < RESIDENT_NODES_MAX; i++)
		sum += resident.kib[i];
	ck_assert(r < 0 || (sum > 100 && sum < 10000000));
	host_close(&host);
}
END_TEST

TCase *case_resident(void)
{
	TCase *tcase = suite_case("resident");

	add_rows(tcase, test_row, rows);
	tcase_add_test(tcase, test_probe);
	tcase_add_test(tcase, test_self);
	return tcase;
}
