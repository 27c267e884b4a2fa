// SPDX-License-Identifier: GPL-2.0-or-later
/* Every device node that leads to a function is found, under its own name, and none of another function. */
#include "probe/node.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe/below.h"
#include "probe/inventory.h"
#include "probe/nvidia.h"
#include "tests/support/fake_kernel.h"
#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/unit/probe/probe.h"

#define GPU  "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0"
#define USB  "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.2"
#define ROOT "sys/devices/pci0000:00/0000:00:01.0"

static const struct address gpu = { .bus = 1 }, usb = { .bus = 1, .function = 2 };

static struct scratch scratch;
static struct host host;
static struct inventory inventory;
static struct nodes nodes;
static struct fake_kernel kernel;

static void start(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, GPU);
	put_directory(scratch.fd, USB);
	put_directory(scratch.fd, "proc");
	put_link(scratch.fd, "sys/bus/pci/devices/0000:00:01.0", ROOT);
	put_link(scratch.fd, "sys/bus/pci/devices/0000:01:00.0", GPU);
	put_link(scratch.fd, "sys/bus/pci/devices/0000:01:00.2", USB);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	inventory.n_functions = 0;
}

static void stop(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static void put_driver(const char *function, const char *driver)
{
	char link[512], target[128];

	(void)snprintf(link, sizeof(link), "%s/driver", function);
	(void)snprintf(target, sizeof(target), "sys/bus/pci/drivers/%s", driver);
	put_directory(scratch.fd, target);
	put_link(scratch.fd, link, target);
}

static int probe(struct address address)
{
	struct function function;

	ck_assert_int_eq(function_probe(&host, address, &function), 0);
	ck_assert_int_eq(inventory_put(&inventory, &function), 0);
	return node_probe(&host, &inventory, &nodes);
}

static const struct node *find(const char *name)
{
	for (unsigned int i = 0; i < nodes.n_nodes; i++) {
		if (strcmp(nodes.nodes[i].name, name) == 0)
			return &nodes.nodes[i];
	}
	return NULL;
}

static void check_node(const char *name, enum node_reach reach, uint32_t major, uint32_t minor, struct address owner)
{
	const struct node *node = find(name);

	ck_assert_msg(node != NULL, "'%s' is missing", name);
	ck_assert_msg(node->reach == reach, "%s: reach %d", name, node->reach);
	ck_assert_msg(node->major == major && node->minor == minor, "%s: %u:%u", name, node->major, node->minor);
	ck_assert_msg(address_compare(node->owner, owner) == 0, "%s: of %s", name, address_text(node->owner).s);
}

static const struct {
	const char *path, *subsystem, *number, *name;
	uint32_t major, minor;
	bool block;
} devices[] = {
	{ "drm/card0", "drm", "226:0", "/dev/dri/card0", 226, 0, false },
	{ "drm/renderD128", "drm", "226:128", "/dev/dri/renderD128", 226, 128, false },
	{ "drm/card0/card0-DP-1/drm_dp_aux0", "drm_dp_aux_dev", "234:0", "/dev/drm_dp_aux0", 234, 0, false },
	{ "graphics/fb1", "graphics", "29:1", "/dev/fb1", 29, 1, false },
	{ "i2c-3/i2c-dev/i2c-3", "i2c-dev", "89:3", "/dev/i2c-3", 89, 3, false },
	{ "sound/card1/controlC1", "sound", "116:5", "/dev/snd/controlC1", 116, 5, false },
	{ "sound/card1/dsp1", "sound", "14:19", "/dev/dsp1", 14, 19, false },
	{ "sound/card1/input9/event9", "input", "13:73", "/dev/input/event9", 13, 73, false },
	{ "usb1/1-2/1-2:1.0/0003:046D:C31C.0001/hidraw/hidraw0", "hidraw", "240:0", "/dev/hidraw0", 240, 0, false },
	{ "usb1/1-2/1-2:1.0/usbmisc/hiddev0", "usbmisc", "180:0", "/dev/usb/hiddev0", 180, 0, false },
	{ "usb1/1-3/1-3:1.0/ttyUSB0/tty/ttyUSB0", "tty", "188:0", "/dev/ttyUSB0", 188, 0, false },
	{ "usb1/1-4/1-4:1.0/host6/target6:0:0/6:0:0:0/block/sdb", "block", "8:16", "/dev/sdb", 8, 16, true },
	{ "usb1/1-4/1-4:1.0/host6/target6:0:0/6:0:0:0/block/sdb/sdb1", "block", "8:17", "/dev/sdb1", 8, 17, true },
	{ "usb1/1-4/1-4:1.0/host6/target6:0:0/6:0:0:0/bsg/6:0:0:0", "bsg", "247:1", "/dev/bsg/6:0:0:0", 247, 1, false },
	{ "block/cciss!c0d0", "block", "104:0", "/dev/cciss/c0d0", 104, 0, true },
	{ "vfio-dev/vfio3", "vfio-dev", "237:3", "/dev/vfio/devices/vfio3", 237, 3, false },
	{ "accel/accel0", "accel", "261:0", "/dev/accel/accel0", 261, 0, false },
	{ "odd/widest", "odd", "4095:1048575", "/dev/widest", 4095, 1048575, false },
};

START_TEST(test_device)
{
	char path[512];

	(void)snprintf(path, sizeof(path), GPU "/%s", devices[_i].path);
	put_device(scratch.fd, path, devices[_i].subsystem, devices[_i].number);
	ck_assert_int_eq(probe(gpu), 0);
	ck_assert_uint_eq(nodes.n_nodes, 1);
	check_node(devices[_i].name, NODE_DIRECT, devices[_i].major, devices[_i].minor, gpu);
	ck_assert_int_eq(nodes.nodes[0].block, devices[_i].block);
	/* The neighbour has none of it. */
	inventory.n_functions = 0;
	ck_assert_int_eq(probe(usb), 0);
	ck_assert_uint_eq(nodes.n_nodes, 0);
}
END_TEST

/* USB devices are named by bus and number, and one that is going away by what is left. */
START_TEST(test_usb)
{
	put_device(scratch.fd, USB "/usb2", "usb", "189:128");
	put_text(scratch.fd, USB "/usb2/busnum", "2\n");
	put_text(scratch.fd, USB "/usb2/devnum", "1\n");
	put_device(scratch.fd, USB "/usb2/2-1", "usb", "189:130");
	ck_assert_int_eq(probe(usb), 0);
	ck_assert_uint_eq(nodes.n_nodes, 2);
	check_node("/dev/bus/usb/002/001", NODE_DIRECT, 189, 128, usb);
	check_node("/dev/2-1", NODE_DIRECT, 189, 130, usb);
}
END_TEST

/* A bridge's nodes are its own, not those of the functions behind it; links lead nowhere. */
START_TEST(test_borders)
{
	put_device(scratch.fd, GPU "/drm/card0", "drm", "226:0");
	put_device(scratch.fd, ROOT "/i2c-1/i2c-dev/i2c-1", "i2c-dev", "89:1");
	put_link(scratch.fd, ROOT "/friend", GPU);
	put_link(scratch.fd, GPU "/drm/card0/device", GPU);
	put_device(scratch.fd, GPU "/drm/card0-DP-1", "drm", NULL);
	ck_assert_int_eq(probe((struct address){ .slot = 1 }), 0);
	ck_assert_uint_eq(nodes.n_nodes, 1);
	check_node("/dev/i2c-1", NODE_DIRECT, 89, 1, (struct address){ .slot = 1 });
	ck_assert_int_eq(probe(gpu), 0);
	ck_assert_uint_eq(nodes.n_nodes, 2);
	/* A function that has gone has none. */
	inventory.functions[0].address.bus = 77;
	ck_assert_int_eq(node_probe(&host, &inventory, &nodes), 0);
	ck_assert_uint_eq(nodes.n_nodes, 1);
}
END_TEST

static const char *const malformed[] = { "", "226", "226:", ":0", "226:0:0", "4096:0", "0:1048576", "a:b", "-1:0",
	"1 :0", "1111111111111111111111111111111111111111:0" };

START_TEST(test_malformed)
{
	put_device(scratch.fd, GPU "/drm/card0", "drm", malformed[_i]);
	ck_assert_int_eq(probe(gpu), -EBADMSG);
}
END_TEST

START_TEST(test_depth)
{
	char path[1024] = GPU;

	for (int depth = 1; depth < BELOW_DEPTH_MAX; depth++)
		strcat(path, "/hub");
	put_device(scratch.fd, path, "tty", "4:64");
	ck_assert_int_eq(probe(gpu), 0);
	ck_assert_uint_eq(nodes.n_nodes, 1);
	strcat(path, "/hub");
	put_directory(scratch.fd, path);
	ck_assert_int_eq(probe(gpu), -ELOOP);
}
END_TEST

START_TEST(test_full)
{
	char path[512], number[32];

	for (int i = 0; i <= NODES_MAX; i++) {
		(void)snprintf(path, sizeof(path), GPU "/tty/ttyX%d", i);
		(void)snprintf(number, sizeof(number), "204:%d", i);
		put_device(scratch.fd, path, "tty", number);
		if (i == NODES_MAX - 1)
			ck_assert_int_eq(probe(gpu), 0);
	}
	ck_assert_int_eq(probe(gpu), -E2BIG);
	ck_assert_uint_eq(nodes.n_nodes, NODES_MAX);
}
END_TEST

static const struct {
	const char *driver, *group, *other;
	bool variant;
	const char *expected; /* the group's node, NULL for none */
} groups[] = {
	{ "vfio-pci", "12", NULL, false, "/dev/vfio/12" },
	{ "vfio-pci", "noiommu-12", NULL, false, "/dev/vfio/noiommu-12" },
	{ "vfio-pci", "13", NULL, false, NULL },
	{ "nvidia-vgpu-vfio", "12", NULL, true, "/dev/vfio/12" },
	{ "nouveau", "12", NULL, false, NULL },
};

START_TEST(test_group)
{
	char path[128], device[160];

	put_driver(GPU, groups[_i].driver);
	put_directory(scratch.fd, "sys/kernel/iommu_groups/12");
	put_link(scratch.fd, GPU "/iommu_group", "sys/kernel/iommu_groups/12");
	if (groups[_i].variant)
		put_directory(scratch.fd, GPU "/vfio-dev/vfio0");
	(void)snprintf(device, sizeof(device), "sys/devices/virtual/vfio/%s", groups[_i].group);
	put_device(scratch.fd, device, "vfio", "242:1");
	(void)snprintf(path, sizeof(path), "sys/class/vfio/%s", groups[_i].group);
	put_link(scratch.fd, path, device);
	ck_assert_int_eq(probe(gpu), 0);
	ck_assert_uint_eq(nodes.n_nodes, groups[_i].expected ? 1 : 0);
	if (groups[_i].expected)
		check_node(groups[_i].expected, NODE_DIRECT, 242, 1, gpu);
}
END_TEST

/* The H100 of facts, section 7. */
#define DEVICES                                                                                                        \
	"Character devices:\n195 nvidia\n195 nvidiactl\n238 nvidia-uvm\n239 nvidia-nvswitch\n240 nvidia-nvlink\n"      \
	"241 nvidia-caps\n242 nvidia-caps-imex-channels\n\nBlock devices:\n  8 sd\n"

/* nvidia's own nodes, and those that every GPU shares. */
START_TEST(test_nvidia)
{
	put_driver(GPU, "nvidia");
	put_text(scratch.fd, "proc/devices", "%s", DEVICES);
	put_text(scratch.fd, "proc/driver/nvidia/gpus/0000:01:00.0/information",
		"Model: \t\t NVIDIA H100 80GB HBM3\n"
		"Device Minor: \t 4\n");
	ck_assert_int_eq(probe(gpu), 0);
	check_node("/dev/nvidia4", NODE_DIRECT, 195, 4, gpu);
	check_node("/dev/nvidiactl", NODE_SHARED, 195, 255, (struct address){ 0 });
	check_node("/dev/nvidia-modeset", NODE_SHARED, 195, 254, (struct address){ 0 });
	check_node("/dev/nvidia-uvm", NODE_SHARED, 238, 0, (struct address){ 0 });
	check_node("/dev/nvidia-uvm-tools", NODE_SHARED, 238, 1, (struct address){ 0 });
	check_node("/dev/nvidia-caps/nvidia-cap1", NODE_SHARED, 241, 1, (struct address){ 0 });
	check_node("/dev/nvidia-caps/nvidia-cap2", NODE_SHARED, 241, 2, (struct address){ 0 });
	check_node("/dev/nvidia-nvswitchctl", NODE_SHARED, 239, 255, (struct address){ 0 });
	check_node("/dev/nvidia-nvswitch15", NODE_SHARED, 239, 15, (struct address){ 0 });
	check_node("/dev/nvidia-caps-imex-channels/channel0", NODE_SHARED, 242, 0, (struct address){ 0 });
	check_node("/dev/nvidia-nvlink", NODE_SHARED, 240, 0, (struct address){ 0 });
	ck_assert_uint_eq(nodes.n_nodes, 1 + 2 + 2 + 2 + 17 + 1 + 1);
	/* Once, for however many GPUs; and without /proc/devices only the fixed ones. */
	put_driver(USB, "nvidia");
	put_text(scratch.fd, "proc/driver/nvidia/gpus/0000:01:00.2/information", "Device Minor: \t 5\n");
	remove_all(scratch.fd, "proc/devices");
	ck_assert_int_eq(probe(usb), 0);
	check_node("/dev/nvidia5", NODE_DIRECT, 195, 5, usb);
	ck_assert_uint_eq(nodes.n_nodes, 2 + 2);
}
END_TEST

/* A GPU that does not tell its number may be each of them. */
START_TEST(test_nvidia_untold)
{
	put_driver(GPU, "nvidia");
	ck_assert_int_eq(probe(gpu), 0);
	check_node("/dev/nvidia0", NODE_SHARED, 195, 0, (struct address){ 0 });
	check_node("/dev/nvidia247", NODE_SHARED, 195, 247, (struct address){ 0 });
	ck_assert_uint_eq(nodes.n_nodes, NVIDIA_MINOR_MAX + 1 + 2);
}
END_TEST

static ssize_t never_read(
	const struct host *h, int directory, const char *path, char *buffer, size_t size, int deadline_ms)
{
	(void)h;
	(void)directory;
	(void)path;
	(void)size;
	(void)deadline_ms;
	buffer[0] = '\0';
	return KERNEL_STUCK;
}

static const struct {
	const char *name, *bind;
	uint64_t consoles;
	bool stuck;
	int expected;
	unsigned int n;
} consoles[] = {
	{ "(M) frame buffer device\n", "1\n", UINT64_C(1) << 1 | UINT64_C(1) << 63, false, 0, 2 },
	{ "(M) frame buffer device\n", "1\n", ~UINT64_C(0), false, 0, 63 },
	{ "(M) frame buffer device\n", "1\n", 0, false, 0, 0 },
	{ "(M) frame buffer device\n", "0\n", ~UINT64_C(0), false, 0, 0 },
	{ "(S) dummy device\n", "1\n", ~UINT64_C(0), false, 0, 0 },
	{ "(S) VGA+\n", "1\n", ~UINT64_C(0), true, 0, 0 },
	{ "(M) frame buffer device\n", "1\n", 0, true, KERNEL_STUCK, 0 },
};

START_TEST(test_consoles)
{
	struct kernel table;

	put_device(scratch.fd, GPU "/graphics/fb1", "graphics", "29:1");
	put_device(scratch.fd, GPU "/graphics/fb7", "graphics", "29:7");
	put_text(scratch.fd, "sys/class/vtconsole/vtcon0/name", "(S) dummy device\n");
	put_text(scratch.fd, "sys/class/vtconsole/vtcon1/name", "%s", consoles[_i].name);
	put_text(scratch.fd, "sys/class/vtconsole/vtcon1/bind", "%s", consoles[_i].bind);
	fake_kernel_install(&kernel, &host);
	kernel.consoles[1] = consoles[_i].consoles;
	table = *host.kernel;
	if (consoles[_i].stuck)
		table.read = never_read;
	host.kernel = &table;
	ck_assert_int_eq(probe(gpu), consoles[_i].expected);
	if (consoles[_i].expected < 0)
		return;
	ck_assert_uint_eq(nodes.n_nodes, 2 + consoles[_i].n);
	if (consoles[_i].n)
		check_node("/dev/tty63", NODE_CONSOLE, 4, 63, gpu);
	ck_assert_ptr_null(find("/dev/tty0"));
}
END_TEST

static const char *records[RECORDS_MAX];

/* A card node for every display of a machine, wherever it is in the tree. */
static unsigned int dress(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < inventory.n_functions; i++) {
		char path[256], number[32];

		if (!function_is_display(&inventory.functions[i]))
			continue;
		(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/drm/card%u",
			address_text(inventory.functions[i].address).s, n);
		(void)snprintf(number, sizeof(number), "226:%u", n);
		put_device(scratch.fd, path, "drm", number);
		n++;
	}
	return n;
}

/* On every recorded machine: no failure, no more than fit, a card's node found for each display and of it alone. */
START_TEST(test_records)
{
	json_object *record = record_load(records[_i]);
	unsigned int displays, found = 0;

	remove_all(scratch.fd, "sys/bus");
	remove_all(scratch.fd, "sys/devices");
	record_dress(record);
	tree_write(scratch.fd, record, NULL);
	record_inventory(record, &inventory);
	json_object_put(record);
	displays = dress();
	ck_assert_int_eq(node_probe(&host, &inventory, &nodes), 0);
	ck_assert_uint_le(nodes.n_nodes, NODES_MAX);
	for (unsigned int i = 0; i < nodes.n_nodes; i++) {
		const struct node *node = &nodes.nodes[i];
		const struct function *owner = inventory_find(&inventory, node->owner);

		if (node->reach == NODE_SHARED)
			continue;
		ck_assert(node->major == 226 && owner && function_is_display(owner));
		found++;
	}
	ck_assert_uint_eq(found, displays);
}
END_TEST

TCase *case_node(void)
{
	TCase *tcase = suite_case("node");

	tcase_add_checked_fixture(tcase, start, stop);
	add_rows(tcase, test_device, devices);
	tcase_add_test(tcase, test_usb);
	tcase_add_test(tcase, test_borders);
	add_rows(tcase, test_malformed, malformed);
	tcase_add_test(tcase, test_depth);
	tcase_add_test(tcase, test_full);
	add_rows(tcase, test_group, groups);
	tcase_add_test(tcase, test_nvidia);
	tcase_add_test(tcase, test_nvidia_untold);
	add_rows(tcase, test_consoles, consoles);
	tcase_add_loop_test(tcase, test_records, 0, (int)record_names(records));
	return tcase;
}
