// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/vfio_ids.h"

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

static const struct function gtx1660 = {
	.vendor = 0x10de,
	.device = 0x2184,
	.subsystem_vendor = 0x1043,
	.subsystem_device = 0x8767,
	.class_code = 0x030000,
};

static const struct {
	const char *ids;
	bool match;
} lists[] = {
	{ "10de:2184", true },
	{ "10DE:2184", true },
	{ "0x10de:0x2184", true },
	{ "8086:1234,10de:2184", true },
	{ ",10de:2184,", true },
	{ "10de:2184:1043:8767", true },
	{ "10de:2184:1043", true },
	{ "10de:2184:ffffffff:ffffffff:030000:ff0000", true },
	{ "ffffffff:ffffffff:ffffffff:ffffffff:030000:ffff00", true },
	{ "10de:2185", false },
	{ "10df:2184", false },
	{ "10de:2184:1462:8767", false },
	{ "10de:2184:1043:8768", false },
	{ "10de:2184:ffffffff:ffffffff:040300:ffff00", false },
	{ "10de", false },
	{ "10de:", false },
	{ "10de:x", false },
	{ ":2184", false },
	{ "10de.2184", false },
	{ "", false },
};

START_TEST(test_list)
{
	ck_assert_int_eq(vfio_ids_match(lists[_i].ids, &gtx1660), lists[_i].match);
}
END_TEST

static const struct {
	const char *text;
	bool match;
} cmdlines[] = {
	{ "BOOT_IMAGE=/vmlinuz root=/dev/sda1 vfio-pci.ids=10de:2184,10de:1aeb quiet", true },
	{ "vfio_pci.ids=10de:2184", true },
	{ "quiet \"vfio-pci.ids=10de:2184\"", true },
	{ "x=\"a b\" vfio-pci.ids=\"10de:1aeb,10de:2184\"", true },
	{ "vfio-pci.ids=10de:1aeb vfio-pci.ids=10de:2184", true },
	{ "x=\"a vfio-pci.ids=10de:2184\"", false },
	{ "pci-stub.ids=10de:2184", false },
	{ "vfio-pci.ids= 10de:2184", false },
	{ "vfio-pci.idsx=10de:2184", false },
	{ "xvfio-pci.ids=10de:2184", false },
	{ "quiet -- vfio-pci.ids=10de:2184", false },
	{ "", false },
};

START_TEST(test_cmdline)
{
	ck_assert_int_eq(vfio_ids_in_cmdline(cmdlines[_i].text, &gtx1660), cmdlines[_i].match);
}
END_TEST

static const struct {
	const char *text;
	bool match;
} options[] = {
	{ "options vfio-pci ids=10de:2184,10de:1aeb disable_vga=1\n", true },
	{ "options vfio_pci disable_vga=1 ids=10de:2184", true },
	{ "# of the card\n\nsoftdep nouveau pre: vfio-pci\n \toptions\tvfio-pci\tids=10de:2184\n", true },
	{ "options vfio-pci disable_vga=1\noptions vfio-pci ids=10de:2184\n", true },
	{ "options vfio-pci ids=10de:1aeb,\\\n10de:2184\n", true },
	{ "options vfio-pci \\\n  ids=10de:2184\n", true },
	{ "options vfio-pci ids=\"10de:2184\"\n", true },
	{ "#options vfio-pci ids=10de:2184\n", false },
	{ "# options vfio-pci ids=10de:2184\n", false },
	{ "options vfio ids=10de:2184\n", false },
	{ "options vfio-pci-core ids=10de:2184\n", false },
	{ "options vfio-pci\nids=10de:2184\n", false },
	{ "options\nvfio-pci ids=10de:2184\n", false },
	{ "install vfio-pci ids=10de:2184\n", false },
	{ "options vfio-pci xids=10de:2184\n", false },
	{ "options vfio-pci ids=10de:1aeb\n", false },
	{ "", false },
};

START_TEST(test_options)
{
	ck_assert_int_eq(vfio_ids_in_options(options[_i].text, &gtx1660), options[_i].match);
}
END_TEST

/* The driver has no room for so many. */
START_TEST(test_long)
{
	char text[2000] = "vfio-pci.ids=";

	memset(text + strlen(text), ',', 1000);
	strcat(text, "10de:2184");
	ck_assert(vfio_ids_in_cmdline(text, &gtx1660));
	strcpy(text, "vfio-pci.ids=10de:2184");
	memset(text + strlen(text), ',', 1200);
	ck_assert(!vfio_ids_in_cmdline(text, &gtx1660));
	strcat(text, " vfio-pci.ids=10de:2184");
	ck_assert(vfio_ids_in_cmdline(text, &gtx1660));
}
END_TEST

START_TEST(test_place)
{
	char place[VFIO_IDS_PLACE_SIZE];
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "proc");
	put_directory(scratch.fd, "etc");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(vfio_ids_find(&host, &gtx1660, place), 0);
	put_text(scratch.fd, "etc/modprobe.d/old.conf.bak", "options vfio-pci ids=10de:2184\n");
	put_text(scratch.fd, "etc/modprobe.d/other.conf", "options vfio-pci ids=10de:1aeb\n");
	put_directory(scratch.fd, "etc/modprobe.d/directory.conf");
	put_text(scratch.fd, "proc/cmdline", "root=/dev/sda1 quiet\n");
	ck_assert_int_eq(vfio_ids_find(&host, &gtx1660, place), 0);
	put_text(scratch.fd, "etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:2184\n");
	ck_assert_int_eq(vfio_ids_find(&host, &gtx1660, place), 1);
	ck_assert_str_eq(place, "/etc/modprobe.d/vfio.conf");
	put_text(scratch.fd, "proc/cmdline", "root=/dev/sda1 vfio-pci.ids=10de:2184\n");
	ck_assert_int_eq(vfio_ids_find(&host, &gtx1660, place), 1);
	ck_assert_str_eq(place, VFIO_IDS_CMDLINE);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_vfio_ids(void)
{
	TCase *tcase = suite_case("vfio_ids");

	add_rows(tcase, test_list, lists);
	add_rows(tcase, test_cmdline, cmdlines);
	add_rows(tcase, test_options, options);
	tcase_add_test(tcase, test_long);
	tcase_add_test(tcase, test_place);
	return tcase;
}
