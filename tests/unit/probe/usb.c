// SPDX-License-Identifier: GPL-2.0-or-later
/* USB devices in sysfs, and in domain XML. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "probe/usb_device.h"
#include "probe/usb_hostdev.h"
#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define ROOT   "devices/pci0000:00/0000:00:14.0/usb1"
#define HUB    ROOT "/1-4"
#define DEVICE HUB "/1-4.2"

#define DISK HUB "/1-4.22/1-4.22:1.0/host2/block/sda/sda1"

/* ---- paths ---- */

static const struct {
	const char *path, *port;
} paths[] = {
	{ "/" DEVICE, "1-4.2" },
	{ "/sys/" DEVICE, "1-4.2" },
	{ "/devices/1-1", "1-1" },
	{ "/devices/x/12-3.4.5.6.7", "12-3.4.5.6.7" },
	{ "", NULL },
	{ "/", NULL },
	{ "1-4", NULL },
	{ "/1-4", NULL },
	{ "/devices", NULL },
	{ "/devices/", NULL },
	{ DEVICE, NULL },
	{ "sys/" DEVICE, NULL },
	{ "/proc/" DEVICE, NULL },
	{ "/sys/sys/" DEVICE, NULL },
	{ "/sys/bus/usb/devices/1-4", NULL },
	{ "/" ROOT, NULL },
	{ "/" DEVICE "/1-4.2:1.0", NULL },
	{ "/" DEVICE "/", NULL },
	{ "/" DEVICE "/..", NULL },
	{ "/devices/1-4.2\n", NULL },
};

START_TEST(test_path)
{
	char port[USB_PORT_SIZE] = "untouched";
	int r = usb_path_port(paths[_i].path, port);

	ck_assert_msg(r == (paths[_i].port ? 0 : -EINVAL), "%s: %d", paths[_i].path, r);
	ck_assert_str_eq(port, paths[_i].port ? paths[_i].port : "untouched");
}
END_TEST

/* ---- devices ---- */

static struct scratch scratch;
static struct host host;

static void put(const char *path, const char *class, const char *bus, const char *number)
{
	char text[512], target[512];
	const struct {
		const char *name, *value;
	} attributes[] = { { "idVendor", "046d" }, { "idProduct", "c52b" }, { "bDeviceClass", class },
		{ "busnum", bus }, { "devnum", number } };

	for (int i = 0; i < COUNT(attributes); i++) {
		(void)snprintf(text, sizeof(text), "sys/%s/%s", path, attributes[i].name);
		put_text(scratch.fd, text, "%s\n", attributes[i].value);
	}
	(void)snprintf(text, sizeof(text), "sys/bus/usb/devices%s", strrchr(path, '/'));
	remove_all(scratch.fd, text);
	(void)snprintf(target, sizeof(target), "sys/%s", path);
	put_link(scratch.fd, text, target);
}

static void set_up(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys/bus/usb/devices");
	put_directory(scratch.fd, "proc/self");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
}

static void tear_down(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static struct usb_plugged probe(const char *port, int result)
{
	struct usb_plugged plugged = { 0 };

	ck_assert_int_eq(usb_plugged_probe(&host, port, &plugged), result);
	return plugged;
}

START_TEST(test_probe)
{
	struct usb_plugged plugged;

	put(HUB, "09", "1", "2");
	put(DEVICE, "00", "1", "17");
	plugged = probe("1-4.2", 0);
	ck_assert_str_eq(plugged.device.port, "1-4.2");
	ck_assert_uint_eq(plugged.device.vendor, 0x046d);
	ck_assert_uint_eq(plugged.device.product, 0xc52b);
	ck_assert_uint_eq(plugged.device.bus, 1);
	ck_assert_uint_eq(plugged.device.number, 17);
	ck_assert_str_eq(plugged.path, DEVICE);
	ck_assert_str_eq(plugged.carries, "");
	ck_assert(!plugged.is_hub);
	ck_assert(probe("1-4", 0).is_hub);
}
END_TEST

START_TEST(test_probe_other)
{
	put(DEVICE, "00", "1", "17");
	(void)probe("1-4", -ENOENT);
	(void)probe("usb1", -EINVAL);
	(void)probe("1-4.2:1.0", -EINVAL);
	(void)probe("../devices/1-4.2", -EINVAL);
}
END_TEST

static const struct {
	const char *class, *bus, *number;
} broken[] = {
	{ "00", "1", "" },
	{ "00", "1", "x" },
	{ "00", "1", "-7" },
	{ "00", "1", "65536" },
	{ "00", "1 ", "7" },
	{ "100", "1", "7" },
	{ "00", "11111111111111111111", "7" },
};

START_TEST(test_broken)
{
	put(DEVICE, broken[_i].class, broken[_i].bus, broken[_i].number);
	(void)probe("1-4.2", -EBADMSG);
}
END_TEST

START_TEST(test_no_attribute)
{
	put(DEVICE, "00", "1", "17");
	remove_all(scratch.fd, "sys/" DEVICE "/devnum");
	(void)probe("1-4.2", -ENOENT);
}
END_TEST

/* What is below it counts: a disk behind a hub, too; what is beside it does not. */
START_TEST(test_carries)
{
	put(HUB, "09", "1", "2");
	put(DEVICE, "00", "1", "17");
	put(HUB "/1-4.22", "00", "1", "18");
	put_directory(scratch.fd, "sys/" DISK);
	put_link(scratch.fd, "sys/dev/block/8:1", "sys/" DISK);
	put_text(scratch.fd, "proc/self/mountinfo", "22 1 8:1 / /home rw,relatime shared:1 - ext4 /dev/x rw\n");
	ck_assert_str_eq(probe("1-4.22", 0).carries, "holds '/home', which is mounted");
	ck_assert_str_eq(probe("1-4", 0).carries, "holds '/home', which is mounted");
	ck_assert_str_eq(probe("1-4.2", 0).carries, "");
}
END_TEST

#define STICK HUB "/1-4.22"
#define SDA   STICK "/1-4.22:1.0/host2/target2:0:0/2:0:0:0/block/sda"

/* What is claimed, and what a question about it is answered with. */
static dev_t claimed;
static int answer;

static int answer_claim(const struct host *h, const char *path, dev_t number, int deadline_ms)
{
	(void)h;
	ck_assert_str_eq(path, number == makedev(8, 1) ? "sda1" : number == makedev(8, 2) ? "sda2" : "sda");
	ck_assert_int_eq(deadline_ms, USB_DISK_DEADLINE_MS);
	return number == claimed ? answer : 0;
}

static void put_disk(const char *path, const char *number, bool is_partition)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "sys/%s/dev", path);
	put_text(scratch.fd, text, "%s\n", number);
	(void)snprintf(text, sizeof(text), "sys/%s/subsystem", path);
	put_link(scratch.fd, text, "sys/class/block");
	(void)snprintf(text, sizeof(text), "sys/%s/holders", path);
	put_directory(scratch.fd, text);
	(void)snprintf(text, sizeof(text), "sys/%s/partition", path);
	if (is_partition)
		put_text(scratch.fd, text, "1\n");
}

/* A stick of two partitions, or none; who has what; and what comes of it. */
static const struct {
	const char *what;
	bool parted;
	unsigned int claimed; /* the minor number, of major 8 */
	int answer;           /* to that */
	const char *held;     /* a disk that is made of it */
	int result;
	const char *carries;
} disks[] = {
	{ "nobody", true, 0, 1, NULL, 0, "" },
	{ "the second disk of a btrfs", false, 0, 1, NULL, 0, "holds 'sda', which is mounted or otherwise in use" },
	{ "a pool", true, 2, 1, NULL, 0, "holds 'sda2', which is mounted or otherwise in use" },
	{ "an opened LUKS", true, 0, 0, SDA "/sda1/holders/dm-0", 0, "holds 'sda1', which is part of another disk" },
	{ "a member of an array", false, 0, 0, SDA "/holders/md0", 0, "holds 'sda', which is part of another disk" },
	{ "a disk that does not answer", true, 1, KERNEL_STUCK, NULL, KERNEL_STUCK, "" },
	{ "one that is not for us", true, 1, -EPERM, NULL, -EACCES, "" },
	{ "one that has gone", true, 1, -ENOENT, NULL, 0, "" },
};

START_TEST(test_disks)
{
	struct kernel table = *host.kernel;
	struct usb_plugged plugged;
	char held[512];

	table.block_is_claimed = answer_claim;
	host.kernel = &table;
	claimed = makedev(8, disks[_i].claimed);
	answer = disks[_i].answer;
	put(HUB, "09", "1", "2");
	put(DEVICE, "00", "1", "17");
	put(STICK, "00", "1", "18");
	put_disk(SDA, "8:0", false);
	if (disks[_i].parted) {
		put_disk(SDA "/sda1", "8:1", true);
		put_disk(SDA "/sda2", "8:2", true);
	}
	(void)snprintf(held, sizeof(held), "sys/%s", disks[_i].held ? disks[_i].held : "");
	if (disks[_i].held)
		put_link(scratch.fd, held, "sys/devices/virtual/block/x");
	plugged = probe("1-4.22", 0);
	ck_assert_str_eq(plugged.carries, "");
	ck_assert_msg(usb_plugged_probe_disks(&host, &plugged) == disks[_i].result, "%s", disks[_i].what);
	ck_assert_msg(strcmp(plugged.carries, disks[_i].carries) == 0, "%s: '%s'", disks[_i].what, plugged.carries);
	/* What is beside it is not asked. */
	plugged = probe("1-4.2", 0);
	ck_assert_int_eq(usb_plugged_probe_disks(&host, &plugged), 0);
	ck_assert_str_eq(plugged.carries, "");
}
END_TEST

/* What was found by its name stays. */
START_TEST(test_disks_named)
{
	struct usb_plugged plugged = { .path = "devices/nowhere", .carries = "holds '/', which is mounted" };

	ck_assert_int_eq(usb_plugged_probe_disks(&host, &plugged), 0);
	ck_assert_str_eq(plugged.carries, "holds '/', which is mounted");
	plugged.carries[0] = '\0';
	ck_assert_int_eq(usb_plugged_probe_disks(&host, &plugged), -ENOENT);
}
END_TEST

static int collect(void *data, const char *port)
{
	char *all = data;

	(void)strcat(strcat(all, port), " ");
	return strstr(port, "1-9") ? -ECANCELED : 0;
}

START_TEST(test_each)
{
	char all[1024] = "";

	put(DEVICE, "00", "1", "17");
	put_directory(scratch.fd, "sys/" DEVICE "/1-4.2:1.0");
	put_link(scratch.fd, "sys/bus/usb/devices/1-4.2:1.0", "sys/" DEVICE "/1-4.2:1.0");
	put_link(scratch.fd, "sys/bus/usb/devices/usb1", "sys/" ROOT);
	ck_assert_int_eq(usb_plugged_each(&host, collect, all), 0);
	ck_assert_str_eq(all, "1-4.2 ");
	remove_all(scratch.fd, "sys/bus/usb/devices/1-4.2");
	put(ROOT "/1-9", "00", "1", "18");
	ck_assert_int_eq(usb_plugged_each(&host, collect, all), -ECANCELED);
	remove_all(scratch.fd, "sys/bus");
	ck_assert_int_eq(usb_plugged_each(&host, collect, all), 0);
}
END_TEST

/* ---- domain XML ---- */

#define DOMAIN(inner)   "<domain type='kvm'><name>gpuvm</name><devices>" inner "</devices></domain>"
#define HOSTDEV(source) "<hostdev mode='subsystem' type='usb' managed='yes'>" source "</hostdev>"
#define IDS             "<vendor id='0x046d'/><product id='0xc52b'/>"

/* What is read: vendor:product@bus.number of each; or a part of the refusal. */
static const struct {
	const char *xml, *read, *refused;
} domains[] = {
	{ DOMAIN(""), "", NULL },
	{ "<domain><name>x</name></domain>", "", NULL },
	{ DOMAIN(HOSTDEV("<source><address bus='1' device='7'/></source>")), "0:0@1.7 ", NULL },
	{ DOMAIN(HOSTDEV("<source>" IDS "<address bus='1' device='7'/></source>")), "46d:c52b@1.7 ", NULL },
	{ DOMAIN(HOSTDEV("<source>" IDS "</source>") HOSTDEV("<source><address bus='0x2' device='010'/></source>")),
		"46d:c52b@0.0 0:0@2.8 ", NULL },
	{ DOMAIN(HOSTDEV("<source startupPolicy='optional' missing='yes'>" IDS "</source>")), "", NULL },
	{ DOMAIN("<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' slot='0' function='0'/>"
		 "</source></hostdev>"),
		"", NULL },
	{ DOMAIN("<x:hostdev xmlns:x='urn:x' type='usb'/>"), "", NULL },
	{ DOMAIN(HOSTDEV("")), NULL, "no readable source" },
	{ DOMAIN(HOSTDEV("<source><address bus='1' device='x'/></source>")), NULL, "no readable source" },
	{ DOMAIN(HOSTDEV("<source><address bus='70000' device='1'/></source>")), NULL, "no readable source" },
	{ DOMAIN(HOSTDEV("<source><vendor id='0x10000'/></source>")), NULL, "no readable source" },
	{ "<network/>", NULL, "no libvirt domain" },
	{ "", NULL, "is empty" },
};

START_TEST(test_domain)
{
	struct usb_hostdevs hostdevs;
	struct refusal refusal;
	char read[256] = "";
	int r = usb_hostdevs_parse(domains[_i].xml, strlen(domains[_i].xml), &hostdevs, &refusal);

	if (domains[_i].refused) {
		ck_assert_int_eq(r, -ECANCELED);
		ck_assert_msg(strstr(refusal.sentence, domains[_i].refused) != NULL, "%s", refusal.sentence);
		return;
	}
	ck_assert_msg(r == 0, "%s: %s", domains[_i].xml, refusal.sentence);
	for (unsigned int i = 0; i < hostdevs.n_hostdevs; i++) {
		const struct usb_hostdev *hostdev = &hostdevs.hostdevs[i];

		(void)sprintf(read + strlen(read), "%x:%x@%u.%u ", hostdev->vendor, hostdev->product, hostdev->bus,
			hostdev->number);
	}
	ck_assert_str_eq(read, domains[_i].read);
}
END_TEST

/* As many as fit, and one more. */
START_TEST(test_many)
{
	static const char one[] = HOSTDEV("<source><address bus='1' device='7'/></source>");
	struct usb_hostdevs hostdevs = { .n_hostdevs = 77 };
	int n = USB_HOSTDEVS_MAX + _i;
	char *xml = calloc(1, (size_t)n * sizeof(one) + 64);
	struct refusal refusal;

	(void)strcpy(xml, "<domain><devices>");
	for (int i = 0; i < n; i++)
		(void)strcat(xml, one);
	(void)strcat(xml, "</devices></domain>");
	ck_assert_int_eq(usb_hostdevs_parse(xml, strlen(xml), &hostdevs, &refusal), _i ? -ECANCELED : 0);
	ck_assert_uint_eq(hostdevs.n_hostdevs, _i ? 77 : USB_HOSTDEVS_MAX);
	free(xml);
}
END_TEST

TCase *case_usb(void)
{
	TCase *tcase = suite_case("usb");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, test_path, paths);
	tcase_add_test(tcase, test_probe);
	tcase_add_test(tcase, test_probe_other);
	add_rows(tcase, test_broken, broken);
	tcase_add_test(tcase, test_no_attribute);
	tcase_add_test(tcase, test_carries);
	add_rows(tcase, test_disks, disks);
	tcase_add_test(tcase, test_disks_named);
	tcase_add_test(tcase, test_each);
	add_rows(tcase, test_domain, domains);
	tcase_add_loop_test(tcase, test_many, 0, 2);
	return tcase;
}
