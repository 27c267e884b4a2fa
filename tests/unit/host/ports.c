// SPDX-License-Identifier: GPL-2.0-or-later
/* Bridges by libpci, in a tree: what is not told, and what must not be opened. What is told is doctor's to show. */
#include "host/ports.h"

#include <errno.h>
#include <sys/stat.h>

#include "tests/unit/host/host.h"

#define DEVICE "tree/sys/bus/pci/devices/0000:00:01.0"
#define BEYOND "tree/sys/bus/pci/devices/10000:e0:06.0"

static const struct address bridge = { .slot = 1 };

/* A capability of PCI Express, of a root port, and one of ACS in the extended space. */
static const uint8_t root_port[4096] = {
	[0x06] = 0x10,
	[0x34] = 0x40,
	[0x40] = 0x10,
	[0x42] = 0x42,
	[0x100] = 0x0d,
	[0x102] = 0x01,
	[0x104] = 0x1f,
	[0x106] = 0x1d,
};

static const struct {
	size_t size;
	int expected;
	enum port_kind kind;
	enum port_acs acs;
} sizes[] = {
	{ 4096, 0, PORT_ROOT, ACS_THERE },
	{ 256, 0, PORT_ROOT, ACS_UNTOLD },
	{ 64, -EACCES, PORT_UNTOLD, ACS_UNTOLD },
	{ 0, -EIO, PORT_UNTOLD, ACS_UNTOLD },
};

START_TEST(test_size)
{
	struct port port;

	put_bytes(scratch.fd, DEVICE "/config", root_port, sizes[_i].size);
	ck_assert_int_eq(port_read(&host, bridge, &port), sizes[_i].expected);
	ck_assert_int_eq(port.kind, sizes[_i].kind);
	ck_assert_int_eq(port.acs, sizes[_i].acs);
	if (port.acs == ACS_THERE) {
		ck_assert_uint_eq(port.able, 0x1f);
		ck_assert_uint_eq(port.on, 0x1d);
	}
}
END_TEST

/* Of a recorded machine there is the header, at most. */
START_TEST(test_no_list)
{
	static const uint8_t header[256] = { [0x0e] = 0x01 };
	struct port port;

	put_bytes(scratch.fd, DEVICE "/config", header, sizeof(header));
	ck_assert_int_eq(port_read(&host, bridge, &port), 0);
	ck_assert_int_eq(port.kind, PORT_UNTOLD);
}
END_TEST

/* One that goes in a circle ends. */
START_TEST(test_circle)
{
	uint8_t space[4096] = { [0x06] = 0x10, [0x34] = 0x40, [0x40] = 0x01, [0x41] = 0x40 };
	struct port port;

	put_bytes(scratch.fd, DEVICE "/config", space, sizeof(space));
	ck_assert_int_eq(port_read(&host, bridge, &port), 0);
	ck_assert_int_eq(port.kind, PORT_PCI);
}
END_TEST

/* A domain that VMD has made. */
START_TEST(test_domain)
{
	struct port port;

	put_bytes(scratch.fd, BEYOND "/config", root_port, sizeof(root_port));
	ck_assert_int_eq(port_read(&host, (struct address){ .domain = 0x10000, .bus = 0xe0, .slot = 6 }, &port), 0);
	ck_assert_int_eq(port.kind, PORT_ROOT);
}
END_TEST

/* None; one that would be waited for; one that leads out of the tree. */
START_TEST(test_refused)
{
	struct port port;

	ck_assert_int_eq(port_read(&host, bridge, &port), -ENOENT);
	put_directory(scratch.fd, DEVICE);
	ck_assert_int_eq(mkfifoat(scratch.fd, DEVICE "/config", 0600), 0);
	ck_assert_int_eq(port_read(&host, bridge, &port), -EIO);
	remove_all(scratch.fd, DEVICE "/config");
	put_bytes(scratch.fd, "outside/config", root_port, sizeof(root_port));
	put_link(scratch.fd, DEVICE "/config", "outside/config");
	ck_assert_int_lt(port_read(&host, bridge, &port), 0);
}
END_TEST

TCase *case_ports(void)
{
	TCase *tcase = suite_case("ports");

	tcase_add_checked_fixture(tcase, tree_start, tree_stop);
	add_rows(tcase, test_size, sizes);
	tcase_add_test(tcase, test_no_list);
	tcase_add_test(tcase, test_circle);
	tcase_add_test(tcase, test_domain);
	tcase_add_test(tcase, test_refused);
	return tcase;
}
