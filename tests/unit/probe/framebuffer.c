// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/framebuffer.h"

#include <errno.h>

#include "probe/muxless.h"
#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define RAM "00001000-0009ffff : System RAM\n"

static const struct {
	const char *text;
	int expected;
	const char *name;
	uint64_t first, last;
} rows[] = {
	{ "", 0, NULL, 0, 0 },
	{ RAM, 0, NULL, 0, 0 },
	{ RAM "e0000000-efffffff : PCI Bus 0000:01\n  e0000000-e02fffff : BOOTFB\n", 1, "BOOTFB", 0xe0000000,
		0xe02fffff },
	{ "6000000000-600fffffff : 0000:0a:00.0\n    6000000000-60007e8fff : efifb\n", 1, "efifb", 0x6000000000,
		0x60007e8fff },
	{ "e0000000-e02fffff : simplefb", 1, "simplefb", 0xe0000000, 0xe02fffff },
	{ "e0000000-e02fffff : simple-framebuffer\nf0000000-f02fffff : BOOTFB\n", 1, "simple-framebuffer", 0xe0000000,
		0xe02fffff },
	{ "00000000-00000000 : System RAM\n  00000000-00000000 : vesafb\n", -EACCES, NULL, 0, 0 },
	{ "00000000-00000000 : System RAM\n", 0, NULL, 0, 0 },
	{ "e02fffff-e0000000 : BOOTFB\n", 0, NULL, 0, 0 },
	{ "e0000000-e02fffff : BOOTFB2\n", 0, NULL, 0, 0 },
	{ "e0000000-e02fffff : a BOOTFB\n", 0, NULL, 0, 0 },
	{ "e0000000-e02fffff BOOTFB\n", 0, NULL, 0, 0 },
	{ "e0000000 e02fffff : BOOTFB\n", 0, NULL, 0, 0 },
	{ "-e02fffff : BOOTFB\n", 0, NULL, 0, 0 },
	{ "e0000000- : BOOTFB\n", 0, NULL, 0, 0 },
	{ "10000000000000000-10000000000000001 : BOOTFB\n", 0, NULL, 0, 0 },
};

START_TEST(test_text)
{
	struct framebuffer framebuffer;

	ck_assert_int_eq(framebuffer_parse(rows[_i].text, &framebuffer), rows[_i].expected);
	if (rows[_i].expected != 1)
		return;
	ck_assert_str_eq(framebuffer.name, rows[_i].name);
	ck_assert_uint_eq(framebuffer.first, rows[_i].first);
	ck_assert_uint_eq(framebuffer.last, rows[_i].last);
}
END_TEST

START_TEST(test_probe)
{
	struct framebuffer framebuffer;
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_lt(framebuffer_probe(&host, &framebuffer), 0);
	host_close(&host);
	put_text(scratch.fd, "proc/iomem", "%s", rows[2].text);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(framebuffer_probe(&host, &framebuffer), 1);
	ck_assert_str_eq(framebuffer.name, "BOOTFB");
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* ---- muxless.h ---- */

static const struct {
	uint32_t class_code;
	const char *chassis; /* NULL: not told */
	bool integrated, muxless;
} machines[] = {
	{ 0x030200, "10\n", true, true },
	{ 0x030200, NULL, true, true },
	{ 0x038000, "10\n", true, true },
	{ 0x030200, "3\n", true, false },
	{ 0x030200, "10\n", false, false },
	{ 0x030000, "10\n", true, false },
};

START_TEST(test_muxless)
{
	static struct inventory inventory;
	const struct function gpu = { .address = { .bus = 1 },
		.vendor = 0x10de,
		.class_code = machines[_i].class_code },
			      own = { .address = { .slot = 2 }, .vendor = 0x8086, .class_code = 0x030000 };
	const struct function *shower;
	struct scratch scratch;
	struct host host;

	inventory.n_functions = 0;
	ck_assert_int_eq(inventory_put(&inventory, &gpu), 0);
	if (machines[_i].integrated)
		ck_assert_int_eq(inventory_put(&inventory, &own), 0);
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	if (machines[_i].chassis)
		put_text(scratch.fd, "sys/class/dmi/id/chassis_type", "%s", machines[_i].chassis);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	shower = muxless_find_shower(&host, &inventory, inventory_find(&inventory, gpu.address));
	ck_assert_int_eq(shower != NULL, machines[_i].muxless);
	if (shower)
		ck_assert_int_eq(address_compare(shower->address, own.address), 0);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_framebuffer(void)
{
	TCase *tcase = suite_case("framebuffer");

	add_rows(tcase, test_text, rows);
	tcase_add_test(tcase, test_probe);
	add_rows(tcase, test_muxless, machines);
	return tcase;
}
