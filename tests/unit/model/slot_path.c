// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/slot_path.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/model/model.h"

#define BRIDGES8                                                                                                       \
	"0000:01:00.0/0000:02:00.0/0000:03:00.0/0000:04:00.0/0000:05:00.0/0000:06:00.0/0000:07:00.0/0000:08:00.0/"

static const struct {
	const char *target;
	int expected;
	const char *path;
} links[] = {
	{ "../../../devices/pci0000:00/0000:00:02.0", 0, "0000:00:02.0" },
	{ "../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0", 0, "0000:00:01.0/00.0" },
	{ "/devices/pci0000:00/0000:00:1c.4/0000:05:00.0/0000:06:03.1/0000:08:00.7", 0, "0000:00:1c.4/00.0/03.1/00.7" },
	/* A root bus that is not 00, and a domain of another. */
	{ "../../../devices/pci0000:40/0000:40:03.1/0000:43:00.0", 0, "0000:40:03.1/00.0" },
	{ "../../../devices/pci0002:01/0002:01:00.0", 0, "0002:01:00.0" },
	/* VMD, and a host bridge that is not directly below devices. */
	{ "../../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0", 0, "10000:e0:06.0/00.0" },
	{ "../../../devices/platform/soc/40010000000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0", 0,
		"0000:00:00.0/00.0" },
	/* Eight bridges below the root port, and more than there is room for. */
	{ "/devices/pci0000:00/0000:00:01.0/" BRIDGES8 "0000:09:00.0", 0,
		"0000:00:01.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0" },
	{ "/devices/pci0000:00/0000:00:01.0/" BRIDGES8 "0000:09:00.0/0000:0a:00.0/0000:0b:00.0", -E2BIG, "" },

	{ "", -EINVAL, "" },
	{ "/", -EINVAL, "" },
	{ "0000:01:00.0", -EINVAL, "" },
	{ "/devices/pci0000:00", -EINVAL, "" },
	{ "/devices/pci0000:00/", -EINVAL, "" },
	{ "/devices/pci0000/0000:00:01.0", -EINVAL, "" },
	{ "/devices/pci0000:00/0000:00:01.0/drm", -EINVAL, "" },
	{ "/devices/pci0000:00/drm/0000:00:01.0", -EINVAL, "" },
	{ "/devices/pci0000:00/0000:00:0e.0/pci10000:e0", -EINVAL, "" },
	/* On no bus of this root, and in no domain of it. */
	{ "/devices/pci0000:00/0000:01:00.0", -EINVAL, "" },
	{ "/devices/pci0000:00/0001:00:01.0", -EINVAL, "" },
	{ "/devices/pci0000:00/0000:00:01.0/0001:01:00.0", -EINVAL, "" },
	/* Not as the kernel writes it. */
	{ "/devices/pci0000:00/00:01.0", -EINVAL, "" },
	{ "/devices/pci0000:00/0000:00:1C.0", -EINVAL, "" },
	{ "/devices/pci0000:00/0000:00:01.0/../0000:00:02.0", -EINVAL, "" },
	{ "/devices/pci0000:00/0000:00:01.000000000000000000000000000000000000000", -EINVAL, "" },
};

START_TEST(test_link)
{
	struct slot_path path = { .s = "before" };

	ck_assert_int_eq(slot_path_from_link(links[_i].target, &path), links[_i].expected);
	ck_assert_str_eq(path.s, links[_i].path);
}
END_TEST

static const struct {
	const char *path, *address; /* NULL: there is none */
} devices[] = {
	{ "/devices/pci0000:00/0000:00:01.0/0000:01:00.0", "0000:01:00.0" },
	{ "/devices/pci0000:00/0000:00:01.0/0000:01:00.0/drm/card0", "0000:01:00.0" },
	{ "devices/pci0000:00/0000:00:01.0/0000:01:00.1/sound/card1/input17/event5", "0000:01:00.1" },
	{ "/devices/pci0000:00/0000:00:01.0/0000:01:00.2/usb3/3-1/3-1:1.0", "0000:01:00.2" },
	{ "/devices/pci0000:00/0000:00:01.0/0000:00:01.0:pcie001", "0000:00:01.0" },
	{ "/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme0", "10000:e1:00.0" },
	{ "/devices/pci0000:00/0000:00:0e.0/pci10000:e0/pci_bus", "0000:00:0e.0" },
	{ "/devices/platform/soc/4000000.pcie/pci0000:00/0000:00:00.0/drm", "0000:00:00.0" },
	/* What is below a device is not the way to another. */
	{ "/devices/pci0000:00/0000:00:01.0/drm/0000:01:00.0", "0000:00:01.0" },
	{ "/devices/pci0000:00/0000:00:01.0/drm/pci0000:02/0000:02:00.0", "0000:00:01.0" },
	{ "/devices/pci0000:00", NULL },
	{ "/devices/0000:00:01.0", NULL },
	{ "/devices/virtual/vfio/14", NULL },
	{ "/devices/pci0000:00/drm/0000:00:01.0", NULL },
	{ "/devices/pci0000:00/0000:00:1C.0", NULL },
	{ "", NULL },
	{ "///", NULL },
};

START_TEST(test_device)
{
	struct address address;
	bool found = slot_path_find_function(devices[_i].path, &address);

	ck_assert_str_eq(found ? address_text(address).s : "none", devices[_i].address ? devices[_i].address : "none");
}
END_TEST

static const struct {
	const char *text, *path; /* NULL: it is none */
} texts[] = {
	{ "0000:00:01.0/00.0", "0000:00:01.0/00.0" },
	{ "0000:00:1C.4/00.0/1F.1", "0000:00:1c.4/00.0/1f.1" },
	{ "10000:E0:06.0/00.0", "10000:e0:06.0/00.0" },
	{ "0000:00:02.0", "0000:00:02.0" },
	{ "00:01.0/00.0", "0000:00:01.0/00.0" },
	{ "0000:00:01.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0",
		"0000:00:01.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0" },
	{ "", NULL },
	{ "/", NULL },
	{ "/0000:00:01.0", NULL },
	{ "0000:00:01.0/", NULL },
	{ "0000:00:01.0//00.0", NULL },
	{ " 0000:00:01.0/00.0", NULL },
	{ "0000:00:01.0/00.0 ", NULL },
	{ "0000:00:01.0/0.0", NULL },
	{ "0000:00:01.0/20.0", NULL },
	{ "0000:00:01.0/00.8", NULL },
	{ "0000:00:01.0/01:00.0", NULL },
	{ "0000:00:01.0/0000:01:00.0", NULL },
	{ "0000:00:01.0/..", NULL },
	{ "00.0", NULL },
	{ "00.0/00.0", NULL },
	{ "0000:00:01.0/000000000000000000000000000000000000000", NULL },
	{ "0000:00:01.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0", NULL },
	{ "10de:1f08", NULL },
};

START_TEST(test_parse)
{
	struct slot_path path = { .s = "before" };

	ck_assert_int_eq(slot_path_parse(texts[_i].text, &path), texts[_i].path ? 0 : -EINVAL);
	ck_assert_str_eq(path.s, texts[_i].path ? texts[_i].path : "before");
}
END_TEST

TCase *case_slot_path(void)
{
	TCase *tcase = suite_case("slot_path");

	add_rows(tcase, test_link, links);
	add_rows(tcase, test_device, devices);
	add_rows(tcase, test_parse, texts);
	return tcase;
}
