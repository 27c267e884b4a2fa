// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/bar.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe/inventory.h"
#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/unit/probe/probe.h"

#define NONE "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define BAR0 "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n"
#define BAR1 "0x000000e000000000 0x000000efffffffff 0x000000000014220c\n"
#define PORT "0x000000000000e000 0x000000000000e07f 0x0000000000040101\n"

#define MIB (1024ULL * 1024)

/* An RTX 3090's, as lspci and sysfs show it. */
START_TEST(test_card)
{
	static const struct bar wanted[BARS_MAX] = {
		{ 0xf6000000, 16 * MIB, true, false, false, false },
		{ 0xe000000000, 65536 * MIB, true, true, true, false },
		{ 0 },
		{ 0xf000000000, 32 * MIB, true, true, true, false },
		{ 0 },
		{ 0xe000, 128, false, false, false, false },
	};
	struct bars bars;

	ck_assert_int_eq(bar_parse(BAR0 BAR1 NONE "0x000000f000000000 0x000000f001ffffff 0x000000000014220c\n" NONE PORT
						  "0x00000000f7000000 0x00000000f707ffff 0x0000000000046200\n" NONE,
				 &bars),
		0);
	for (int i = 0; i < BARS_MAX; i++) {
		ck_assert_uint_eq(bars.bars[i].start, wanted[i].start);
		ck_assert_uint_eq(bars.bars[i].size, wanted[i].size);
		ck_assert_int_eq(bars.bars[i].is_unset, wanted[i].is_unset);
		ck_assert_int_eq(bars.bars[i].is_memory, wanted[i].is_memory);
		ck_assert_int_eq(bars.bars[i].is_64bit, wanted[i].is_64bit);
		ck_assert_int_eq(bars.bars[i].is_prefetchable, wanted[i].is_prefetchable);
	}
}
END_TEST

static const struct {
	const char *text;
	int expected;
} rows[] = {
	{ NONE NONE NONE NONE NONE NONE, 0 },
	{ NONE NONE NONE NONE NONE "0x0 0x0 0x0", 0 },
	{ NONE NONE NONE NONE NONE "0x1 0x1 0x200", 0 },
	{ NONE NONE NONE NONE NONE "0x1 0xffffffffffffffff 0x200", 0 },
	{ NONE NONE NONE NONE NONE NONE "no matter\n", 0 },
	{ "", -EBADMSG },
	{ "\n", -EBADMSG },
	{ NONE NONE NONE NONE NONE, -EBADMSG },
	{ NONE NONE NONE NONE NONE "\n", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x0 0x0", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x0 0x0 0x0 0x0", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x0 0x0 0x0 ", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x0  0x0 0x0", -EBADMSG },
	{ NONE NONE NONE NONE NONE " 0x0 0x0 0x0", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0 0 0", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x 0x 0x", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x0 -1 0x0", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x0 0x-1 0x0", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x2 0x1 0x200", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x0 0xffffffffffffffff 0x200", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x0 0x10000000000000000 0x200", -EBADMSG },
	{ NONE NONE NONE NONE NONE "0x00000000000000000000000000000000000000000000000000000000000000000000", -EBADMSG },
};

START_TEST(test_text)
{
	struct bars bars = { .bars[5].size = 7 };

	ck_assert_int_eq(bar_parse(rows[_i].text, &bars), rows[_i].expected);
	if (rows[_i].expected < 0)
		ck_assert_uint_eq(bars.bars[5].size, 7);
}
END_TEST

/* From a tree: what the record says of a device, and zeros where it says nothing. */
START_TEST(test_probe)
{
	json_object *host_record =
		json_tokener_parse("{ \"devices\": ["
				   "{ \"address\": \"0000:01:00.0\", \"class\": \"0300\", \"bars\": ["
				   "[\"f6000000\", \"1000000\", \"40200\"],"
				   "[\"e000000000\", \"1000000000\", \"14220c\"]] },"
				   "{ \"address\": \"0000:01:00.1\", \"class\": \"0403\" } ] }");
	struct address address = { .bus = 1 };
	struct scratch scratch;
	struct host host;
	struct bars bars;
	char *text;

	ck_assert_ptr_nonnull(host_record);
	scratch_make(&scratch);
	tree_write(scratch.fd, host_record, NULL);
	json_object_put(host_record);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(bar_probe(&host, address, &bars), 0);
	ck_assert_uint_eq(bars.bars[0].size, 16 * MIB);
	ck_assert_int_eq(bars.bars[0].is_64bit, false);
	ck_assert_uint_eq(bars.bars[1].size, 65536 * MIB);
	ck_assert_int_eq(bars.bars[1].is_64bit, true);
	ck_assert_uint_eq(bars.bars[2].size, 0);
	text = get_text(scratch.fd, "sys/bus/pci/devices/0000:01:00.0/resource");
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(strncmp(text, BAR0 BAR1 NONE NONE, 4 * strlen(NONE)), 0);
	ck_assert_uint_eq(strlen(text), 13 * strlen(NONE));
	free(text);
	address.function = 1;
	ck_assert_int_eq(bar_probe(&host, address, &bars), 0);
	for (int i = 0; i < BARS_MAX; i++)
		ck_assert_uint_eq(bars.bars[i].size, 0);
	put_text(scratch.fd, "sys/bus/pci/devices/0000:01:00.1/resource", "%s", "hostile");
	ck_assert_int_eq(bar_probe(&host, address, &bars), -EBADMSG);
	address.function = 2;
	ck_assert_int_eq(bar_probe(&host, address, &bars), -ENOENT);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* What it can be is asked of one that is awake, and told in hexadecimal. */
static const struct {
	const char *sizes, *status; /* NULL: no such attribute */
	int expected;
} resizes[] = {
	{ NULL, NULL, -ENOENT },
	{ "0000000000003fc0\n", NULL, 0 },
	{ "0000000000003fc0\n", "active\n", 0 },
	{ "0000000000003fc0\n", "unsupported\n", 0 },
	{ "0000000000003fc0\n", "suspended\n", -ENOENT },
	{ "3fc0 MiB\n", NULL, -EBADMSG },
	{ "\n", NULL, -EBADMSG },
};

START_TEST(test_sizes)
{
	static const struct address address = { .bus = 1 };
	struct scratch scratch;
	struct host host;
	uint64_t sizes;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys/bus/pci/devices/0000:01:00.0");
	if (resizes[_i].sizes)
		put_text(scratch.fd, "sys/bus/pci/devices/0000:01:00.0/resource1_resize", "%s", resizes[_i].sizes);
	if (resizes[_i].status)
		put_text(scratch.fd, "sys/bus/pci/devices/0000:01:00.0/power/runtime_status", "%s", resizes[_i].status);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(bar_probe_sizes(&host, address, 1, &sizes), resizes[_i].expected);
	if (resizes[_i].expected == 0)
		ck_assert_uint_eq(sizes, 0x3fc0);
	ck_assert_int_eq(bar_probe_sizes(&host, address, 3, &sizes), -ENOENT);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_bar(void)
{
	TCase *tcase = suite_case("bar");

	tcase_add_test(tcase, test_card);
	add_rows(tcase, test_text, rows);
	tcase_add_test(tcase, test_probe);
	add_rows(tcase, test_sizes, resizes);
	return tcase;
}
