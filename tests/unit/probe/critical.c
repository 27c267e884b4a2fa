// SPDX-License-Identifier: GPL-2.0-or-later
/* What the host lives on is found through every layer between a mount or a route and a function. */
#include "probe/critical.h"

#include <string.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

/* The function that each case is about, and a neighbour that never carries anything. */
#define FUNCTION  "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0"
#define NEIGHBOUR "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1"
#define DISK      FUNCTION "/nvme/nvme0/nvme0n1"
#define VIRTUAL   "sys/devices/virtual"

#define MOUNT(device, point) "22 1 " device " / " point " rw,relatime shared:1 - ext4 /dev/x rw\n"
#define ROUTE_HEAD           "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
#define ZEROS                "00000000000000000000000000000000"

static const struct {
	const char *name;
	const char *links[4][2]; /* path and target */
	const char *mounts, *routes, *routes6;
	const char *carries;
} hosts[] = {
	{
		.name = "nothing is mounted",
		.links = { { "sys/dev/block/259:2", DISK "/nvme0n1p2" } },
		.mounts = "22 1 0:21 / /run rw - tmpfs tmpfs rw\nnot a line of it\n",
		.routes = ROUTE_HEAD,
		.carries = "",
	},
	{
		.name = "another disk is mounted",
		.links = { { "sys/dev/block/8:1", "sys/devices/pci0000:00/0000:00:17.0/ata1/block/sda/sda1" } },
		.mounts = MOUNT("8:1", "/"),
		.carries = "",
	},
	{
		.name = "a partition is mounted",
		.links = { { "sys/dev/block/259:2", DISK "/nvme0n1p2" } },
		.mounts = "21 1 0:21 / /run rw - tmpfs tmpfs rw\n" MOUNT("259:2", "/home"),
		.carries = "holds '/home', which is mounted",
	},
	{
		.name = "an encrypted partition is mounted",
		.links = { { "sys/dev/block/253:0", VIRTUAL "/block/dm-0" },
			{ VIRTUAL "/block/dm-0/slaves/nvme0n1p2", DISK "/nvme0n1p2" },
			{ "sys/class/block/nvme0n1p2", DISK "/nvme0n1p2" } },
		.mounts = MOUNT("253:0", "/"),
		.carries = "holds '/', which is mounted",
	},
	{
		.name = "a volume that stands on itself ends",
		.links = { { "sys/dev/block/253:0", VIRTUAL "/block/dm-0" },
			{ VIRTUAL "/block/dm-0/slaves/dm-0", VIRTUAL "/block/dm-0" },
			{ "sys/class/block/dm-0", VIRTUAL "/block/dm-0" } },
		.mounts = MOUNT("253:0", "/"),
		.carries = "",
	},
	{
		.name = "one of the controllers of an NVMe subsystem",
		.links = { { "sys/dev/block/259:2", VIRTUAL "/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p2" },
			{ "sys/class/nvme-subsystem/nvme-subsys0", VIRTUAL "/nvme-subsystem/nvme-subsys0" },
			{ VIRTUAL "/nvme-subsystem/nvme-subsys0/nvme0", FUNCTION "/nvme/nvme0" },
			{ "sys/class/nvme/nvme0", FUNCTION "/nvme/nvme0" } },
		.mounts = MOUNT("259:2", "/"),
		.carries = "holds '/', which is mounted",
	},
	{
		.name = "the interface of the default route",
		.links = { { "sys/class/net/enp1s0", FUNCTION "/net/enp1s0" } },
		.routes = ROUTE_HEAD "enp1s0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n",
		.carries = "carries 'enp1s0', the interface of the default route",
	},
	{
		.name = "an interface of another route",
		.links = { { "sys/class/net/enp1s0", FUNCTION "/net/enp1s0" } },
		.routes = ROUTE_HEAD "enp1s0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n",
		.carries = "",
	},
	{
		.name = "a bridge of the default route of IPv6",
		.links = { { "sys/class/net/br0", VIRTUAL "/net/br0" },
			{ VIRTUAL "/net/br0/lower_enp1s0", FUNCTION "/net/enp1s0" },
			{ "sys/class/net/enp1s0", FUNCTION "/net/enp1s0" } },
		.routes6 =
			ZEROS " 00 " ZEROS " 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 "
			      "     br0\n",
		.carries = "carries 'br0', the interface of the default route",
	},
};

START_TEST(test_hosts)
{
	struct inventory inventory = { 0 };
	struct function function = { .address = { .bus = 1 } }, neighbour = { .address = { .bus = 1, .function = 1 } };
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, DISK "/nvme0n1p2");
	put_directory(scratch.fd, FUNCTION "/net/enp1s0");
	put_directory(scratch.fd, NEIGHBOUR);
	put_directory(scratch.fd, "proc/self/net");
	for (int i = 0; i < COUNT(hosts[_i].links) && hosts[_i].links[i][0]; i++)
		put_directory(scratch.fd, hosts[_i].links[i][1]);
	for (int i = 0; i < COUNT(hosts[_i].links) && hosts[_i].links[i][0]; i++)
		put_link(scratch.fd, hosts[_i].links[i][0], hosts[_i].links[i][1]);
	put_text(scratch.fd, "proc/self/mountinfo", "%s", hosts[_i].mounts ? hosts[_i].mounts : "");
	put_text(scratch.fd, "proc/self/net/route", "%s", hosts[_i].routes ? hosts[_i].routes : "");
	put_text(scratch.fd, "proc/self/net/ipv6_route", "%s", hosts[_i].routes6 ? hosts[_i].routes6 : "");
	ck_assert_int_eq(inventory_put(&inventory, &function), 0);
	ck_assert_int_eq(inventory_put(&inventory, &neighbour), 0);

	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(critical_probe(&host, &inventory), 0);
	ck_assert_msg(strcmp(inventory.functions[0].carries, hosts[_i].carries) == 0, "%s: '%s'", hosts[_i].name,
		inventory.functions[0].carries);
	ck_assert_str_eq(inventory.functions[1].carries, "");
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_critical(void)
{
	TCase *tcase = suite_case("critical");

	add_rows(tcase, test_hosts, hosts);
	return tcase;
}
