// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff doctor`: each check on a host that is as it should be, and on one that is not; and on every record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/doctor.h"

/* Four functions in one IOMMU group, with drivers of the host. */
#define RECORD    "am4-2400g-gtx1660"
#define GPU       "0000:10:00.0"
#define PCI       "sys/bus/pci/devices/"
#define VFIO      "sys/bus/pci/drivers/vfio-pci"
#define CARD(...) "[card " GPU "]\n" __VA_ARGS__

static const char *records[RECORDS_MAX];

/* ---- hosts ---- */

static void put_as_recorded(int root)
{
	(void)root;
}

static void bind_to_vfio(int root, unsigned int first, unsigned int last)
{
	char path[128];

	put_directory(root, VFIO);
	for (unsigned int i = first; i <= last; i++) {
		(void)snprintf(path, sizeof(path), PCI "0000:10:00.%u/driver", i);
		remove_all(root, path);
		put_link(root, path, VFIO);
	}
}

static void put_reserved(int root)
{
	bind_to_vfio(root, 0, 3);
}

/* Its sound has no driver at all. */
static void put_driverless(int root)
{
	bind_to_vfio(root, 0, 3);
	remove_all(root, PCI "0000:10:00.1/driver");
}

/* xhci_hcd is in the kernel, as its parameters show; nouveau is a module. */
static void put_built_in(int root)
{
	put_directory(root, "sys/module/xhci_hcd");
	put_link(root, "sys/bus/pci/drivers/xhci_hcd/module", "sys/module/xhci_hcd");
	put_text(root, "sys/module/nouveau/initstate", "live\n");
	put_link(root, "sys/bus/pci/drivers/nouveau/module", "sys/module/nouveau");
	put_text(root, "usr/bin/dracut", "%s", "");
}

static void put_debian(int root)
{
	put_text(root, "usr/sbin/update-initramfs", "%s", "");
}

static void put_ids(int root)
{
	put_reserved(root);
	put_text(root, "proc/cmdline", "root=/dev/sda1 vfio-pci.ids=10de:1aeb,10de:2184 quiet\n");
	put_text(root, "etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:2184\n");
}

static void put_options(int root)
{
	put_reserved(root);
	put_debian(root);
	put_text(root, "proc/cmdline", "root=/dev/sda1 quiet\n");
	put_text(root, "etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:1aeb\n");
}

static void put_initramfs(int root)
{
	bind_to_vfio(root, 1, 1);
	put_text(root, "usr/bin/dracut", "%s", "");
	put_text(root, "etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:2184\n");
}

static void put_handover(int root, const char *state)
{
	put_reserved(root);
	put_text(root, "run/gpu-handoff/" GPU ".journal", "gpu-handoff 1\ndetached " GPU "\n%s", state);
	ck_assert_int_eq(fchmodat(root, "run/gpu-handoff", 0700, 0), 0);
	ck_assert_int_eq(fchmodat(root, "run/gpu-handoff/" GPU ".journal", 0600, 0), 0);
}

static void put_part(int root)
{
	put_handover(
		root, "taken 0000:10:00.0 6 named\ntaken 0000:10:00.1 6 named\ntaken 0000:10:00.3 6 named\nheld\n");
}

/* Somebody else could have written what is there. */
static void put_hidden(int root)
{
	put_handover(root, "held\n");
	ck_assert_int_eq(fchmodat(root, "run/gpu-handoff", 0777, 0), 0);
}

/* Its screen, by a render node as well, and a connector, which has no node. */
static void put_screen(int root)
{
	put_text(root, PCI GPU "/drm/card1/dev", "226:1\n");
	put_link(root, PCI GPU "/drm/card1/subsystem", "sys/class/drm");
	put_text(root, PCI GPU "/drm/card1/card1-DP-1/status", "connected\n");
	put_link(root, PCI GPU "/drm/card1/card1-DP-1/subsystem", "sys/class/drm");
	put_text(root, PCI GPU "/drm/renderD129/dev", "226:129\n");
	put_link(root, PCI GPU "/drm/renderD129/subsystem", "sys/class/drm");
}

static void put_seat(int root)
{
	put_directory(root, "sys/class/drm");
	put_screen(root);
	put_text(root, "run/udev/data/c226:1", "E:ID_SEAT=seat-two\nG:seat\nQ:seat\nV:1\n");
}

static void put_master(int root)
{
	put_directory(root, "sys/class/drm");
	put_screen(root);
	put_text(root, "run/udev/data/c226:1", "Q:master-of-seat\nV:1\n");
}

/* Whoever compares names of seats takes it for the first. */
static void put_untagged(int root)
{
	put_directory(root, "sys/class/drm");
	put_screen(root);
	put_text(root, "run/udev/data/c226:1", "G:seat\nV:1\n");
}

static void put_kept_free(int root)
{
	put_directory(root, "sys/class/drm");
	put_screen(root);
	put_text(root, "run/udev/data/c226:1", "E:ID_SEAT=seat-gpu-handoff\nG:seat\nG:master-of-seat\nV:1\n");
	put_text(root, "run/udev/data/c226:129", "G:seat\nQ:seat\nV:1\n");
}

static void put_without_udev(int root)
{
	put_directory(root, "sys/class/drm");
	put_screen(root);
}

/* The group's node, of the person who runs the test, whose group the host calls kvm. */
static void put_group(int root, unsigned int mode)
{
	put_text(root, "dev/vfio/6", "%s", "");
	ck_assert_int_eq(fchmodat(root, "dev/vfio/6", mode, 0), 0);
}

static void put_access(int root)
{
	put_group(root, 0660);
	put_text(root, "etc/group", "root:x:4294967294:\nkvm:x:%u:anna\n", (unsigned int)getegid());
}

static void put_access_mode(int root)
{
	put_access(root);
	put_group(root, 0600);
}

static void put_access_group(int root)
{
	put_group(root, 0660);
	put_text(root, "etc/group", "kvm:x:%u:\n", (unsigned int)getegid() + 1);
}

static void put_kvm(int root)
{
	put_text(root, "etc/group", "kvm:x:36:\n");
}

static void put_usb(int root, const char *port, const char *ids, const char *class_code, unsigned int number)
{
	static const char controller[] = "sys/devices/pci0000:00/0000:00:14.0/usb1/";
	char path[256], at[300];

	(void)snprintf(path, sizeof(path), "%s%s", controller, port);
	put_directory(root, path);
	(void)snprintf(at, sizeof(at), "sys/bus/usb/devices/%s", port);
	put_link(root, at, path);
	(void)snprintf(at, sizeof(at), "%s/idVendor", path);
	put_text(root, at, "%.4s\n", ids);
	(void)snprintf(at, sizeof(at), "%s/idProduct", path);
	put_text(root, at, "%s\n", ids + 5);
	(void)snprintf(at, sizeof(at), "%s/busnum", path);
	put_text(root, at, "1\n");
	(void)snprintf(at, sizeof(at), "%s/devnum", path);
	put_text(root, at, "%u\n", number);
	(void)snprintf(at, sizeof(at), "%s/bDeviceClass", path);
	put_text(root, at, "%s\n", class_code);
}

/* A receiver, a hub, and a disk that is mounted, each in a port. */
static void put_usbs(int root)
{
	put_usb(root, "1-4", "046d:c52b", "00", 7);
	put_usb(root, "1-5", "05e3:0608", "09", 8);
	put_usb(root, "1-6", "0781:5581", "00", 9);
	put_directory(root, "sys/devices/pci0000:00/0000:00:14.0/usb1/1-6/1-6:1.0/block/sdb/sdb1");
	put_link(root, "sys/dev/block/8:17", "sys/devices/pci0000:00/0000:00:14.0/usb1/1-6/1-6:1.0/block/sdb/sdb1");
	put_link(root, "sys/class/block/sdb1", "sys/devices/pci0000:00/0000:00:14.0/usb1/1-6/1-6:1.0/block/sdb/sdb1");
	put_text(root, "proc/self/mountinfo", "40 1 8:17 / /home rw - ext4 /dev/sdb1 rw\n");
}

/* A member of an array, which no table of mounts names. */
static void put_member(int root)
{
	static const char disk[] = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-7/1-7:1.0/block/sdc";
	char path[128];

	put_usb(root, "1-7", "0781:5582", "00", 10);
	(void)snprintf(path, sizeof(path), "%s/dev", disk);
	put_text(root, path, "8:32\n");
	(void)snprintf(path, sizeof(path), "%s/subsystem", disk);
	put_link(root, path, "sys/class/block");
	(void)snprintf(path, sizeof(path), "%s/holders/md0", disk);
	put_link(root, path, "sys/devices/virtual/block/md0");
}

/* ---- what is found ---- */

static const struct doctor_row hosts[] = {
	{ "nothing is said", RECORD, NULL, put_as_recorded, "configuration", "pass", "/etc/gpu-handoff.conf",
		"0 [card] and 0 [usb]", NULL },
	{ "no section", RECORD, NULL, put_as_recorded, "sections", "pass", "cards", "all are shared", NULL },
	{ "no setting", RECORD, "[holders]\naction = shoot\n", put_as_recorded, "configuration", "fail",
		"/etc/gpu-handoff.conf", "'action' of [holders] wants refuse or stop", "refused" },
	{ "no mode", RECORD, CARD("mode = mine\n"), put_as_recorded, "configuration", "fail", "/etc/gpu-handoff.conf",
		"'mode' of [card " GPU "] wants", "left out" },

	{ "shared", RECORD, CARD("mode = shared\n"), put_as_recorded, "sections", "pass", "[card " GPU "]",
		GPU " is shared", NULL },
	{ "no such card", RECORD, "[card 0000:77:00.0]\nmode = reserved\n", put_as_recorded, "sections", "warn",
		"[card 0000:77:00.0]", "no such card", "gpu-handoff list" },
	{ "no such ids", RECORD, "[card 10de:ffff]\nmode = reserved\n", put_as_recorded, "sections", "warn",
		"[card 10de:ffff]", "no such card", "gpu-handoff list" },
	{ "its ids", RECORD, "[card 10de:2184]\nmode = shared\n", put_as_recorded, "sections", "pass",
		"[card 10de:2184]", GPU " is shared", NULL },
	{ "two sections", RECORD, CARD("mode = shared\n") "[card 0000:10:00.1]\nmode = reserved\n", put_as_recorded,
		"sections", "fail", "[card 0000:10:00.1]", GPU " is shared: another section is about it", "keep one" },
	{ "twins", "l40s-2x", "[card 10de:26b9]\nmode = reserved\n", put_as_recorded, "sections", "fail",
		"[card 10de:26b9]", " have these ids, so it is about none of them", "[card " },

	{ "reserved", RECORD, CARD("mode = reserved\n"), put_reserved, "sections", "pass", "[card " GPU "]",
		"vfio-pci has all its functions", NULL },
	{ "with nouveau", RECORD, CARD("mode = reserved\n"), put_debian, "sections", "fail", "[card " GPU "]",
		"is reserved, but nouveau has " GPU
		", snd_hda_intel has 0000:10:00.1, xhci_hcd has 0000:10:00.2, nvidia-gpu has "
		"0000:10:00.3: loaded",
		"run 'update-initramfs -u' as root, and reboot" },
	{ "with its sound", RECORD, CARD("mode = reserved\n"), put_as_recorded, "sections", "fail", "[card " GPU "]",
		GPU " is reserved, but", "'update-initramfs -u' or 'dracut -f'" },
	{ "with a module", RECORD, CARD("mode = reserved\n"), put_built_in, "sections", "fail", "[card " GPU "]",
		"but nouveau has " GPU ": loaded before", "run 'dracut -f' as root" },
	{ "with a part of the kernel", RECORD, CARD("mode = reserved\n"), put_built_in, "sections", "fail",
		"[card " GPU "]",
		"xhci_hcd has 0000:10:00.2, nvidia-gpu has 0000:10:00.3: what is built into the kernel",
		"kernel that has these drivers as modules" },
	{ "without a driver", RECORD, CARD("mode = reserved\n"), put_driverless, "sections", "warn", "[card " GPU "]",
		"vfio-pci has not got /sys/bus/pci/devices/0000:10:00.1", "/sys/bus/pci/devices/0000:10:00.1'" },

	{ "shared by ids", RECORD, NULL, put_ids, "sections", "warn", GPU,
		"vfio-pci has " GPU ": 'vfio-pci.ids' of the kernel's command line names its ids 10de:2184",
		"boot loader's configuration, and reboot; or reserve it: [card " GPU "]" },
	{ "shared by options", RECORD, CARD("mode = shared\n"), put_options, "sections", "warn", GPU,
		"vfio-pci has 0000:10:00.1: '/etc/modprobe.d/vfio.conf' names its ids 10de:1aeb",
		"run 'update-initramfs -u' as root, and reboot" },
	{ "shared by its initramfs", RECORD, NULL, put_initramfs, "sections", "warn", GPU,
		"vfio-pci has 0000:10:00.1, and nothing names its ids: the initramfs was made while it was reserved",
		"run 'dracut -f' as root, and reboot" },
	{ "shared but for a part", RECORD, NULL, put_part, "sections", "warn", GPU, "vfio-pci has 0000:10:00.2, and",
		"as root, and reboot" },
	{ "shared, and hidden", RECORD, NULL, put_hidden, "sections", "warn", GPU,
		"vfio-pci has " GPU ", and whether a VM has it cannot be told", "/run/gpu-handoff" },

	{ "kept free", RECORD, CARD("mode = kept-free\n"), put_kept_free, "sections", "pass", "[card " GPU "]",
		"no seat and no console", NULL },
	{ "kept free without a screen", RECORD, CARD("mode = kept-free\n"), put_as_recorded, "sections", "pass",
		"[card " GPU "]", "gpu-handoff status", NULL },
	{ "of a seat", RECORD, CARD("mode = kept-free\n"), put_seat, "sections", "fail", "[card " GPU "]",
		"/dev/dri/card1 is of seat-two by its tag 'seat'",
		"udevadm trigger /sys/bus/pci/devices/" GPU " /sys/class/drm/card1'" },
	{ "of the first seat", RECORD, CARD("mode = kept-free\n"), put_untagged, "sections", "fail", "[card " GPU "]",
		"/dev/dri/card1 is of seat0 by ID_SEAT", "gpu-handoff status" },
	{ "a seat", RECORD, CARD("mode = kept-free\n"), put_master, "sections", "fail", "[card " GPU "]",
		"/dev/dri/card1 is of seat0 by its tag 'master-of-seat'", "gpu-handoff status" },
	{ "without udev", RECORD, CARD("mode = kept-free\n"), put_without_udev, "sections", "warn", "[card " GPU "]",
		"udev's database does not have it", "udevadm trigger" },

	{ "access", RECORD, CARD("access = kvm\n"), put_access, "access", "pass", "[card " GPU "]",
		"group kvm may open /dev/vfio/6", NULL },
	{ "no node", RECORD, CARD("access = kvm\n"), put_kvm, "access", "pass", "[card " GPU "]",
		"/dev/vfio/6 is not there", NULL },
	{ "access by mode", RECORD, CARD("access = kvm\n"), put_access_mode, "access", "fail", "[card " GPU "]",
		"with mode 0600, not of", "udevadm trigger /sys/class/vfio/6" },
	{ "access by group", RECORD, CARD("access = kvm\n"), put_access_group, "access", "fail", "[card " GPU "]",
		"group kvm may not open /dev/vfio/6", "udevadm trigger /sys/class/vfio/6" },
	{ "no group", RECORD, CARD("access = kvm\n"), put_as_recorded, "access", "fail", "[card " GPU "]",
		"there is no group kvm", "groupadd --system kvm" },
	{ "no IOMMU", "laptop-gtx970m-muxless", "[card 0000:01:00.0]\naccess = kvm\n", put_kvm, "access", "fail",
		"[card 0000:01:00.0]", "0000:01:00.0 has no IOMMU group", "intel_iommu=on" },
	{ "a limit", RECORD, CARD("access = kvm\n"), put_access, "memlock", "warn", "locked memory",
		"VFIO pins all memory", "qemu:///system needs none" },

	{ "a receiver", RECORD, "[usb 046d:c52b]\ndomain = gpuvm\n", put_usbs, "usb", "pass", "[usb 046d:c52b]",
		"goes to domain 'gpuvm'; plugged in now: 1-4", NULL },
	{ "nobody asked", RECORD, "[usb 046d:c52b]\ndomain = gpuvm\n", put_usbs, "usb", "warn",
		"domains of [usb] sections", "a recorded machine has no libvirt", "on that machine" },
	{ "not plugged in", RECORD, "[usb 1-9]\ndomain = gpuvm\n", put_usbs, "usb", "pass", "[usb 1-9]", "nothing",
		NULL },
	{ "a hub", RECORD, "[usb 1-5]\ndomain = gpuvm\n", put_usbs, "usb", "fail", "[usb 1-5]", "1-5 is a hub",
		"plugged into it" },
	{ "a disk", RECORD, "[usb 0781:5581]\ndomain = gpuvm\n", put_usbs, "usb", "fail", "[usb 0781:5581]",
		"the host lives on 1-6: it holds '/home', which is mounted", "unmount" },
	{ "a member", RECORD, "[usb 0781:5582]\ndomain = gpuvm\n", put_member, "usb", "fail", "[usb 0781:5582]",
		"the host lives on 1-7: it holds 'sdc', which is part of another disk", "end what else has it" },
	{ "two for one", RECORD, "[usb 046d:c52b]\ndomain = a\n[usb 1-4]\ndomain = b\n", put_usbs, "usb", "fail",
		"[usb 046d:c52b]", "1-4 is in [usb 1-4] as well, which comes first and gives it to domain 'b'",
		"keep one" },
};

START_TEST(test_host)
{
	doctor_row_check(&hosts[_i]);
}
END_TEST

/* Neither a card that a person has taken, nor one that is meant to be with vfio-pci, is told of. */
START_TEST(test_no_stray)
{
	static const char *const configs[] = { "", CARD("mode = reserved\n"), CARD("mode = kept-free\n") };
	struct scratch scratch;
	int status;
	char *text;

	doctor_host(&scratch, RECORD, configs[_i]);
	if (_i == 0)
		put_handover(scratch.fd, "taken 0000:10:00.0 6 named\ntaken 0000:10:00.1 6 named\n"
					 "taken 0000:10:00.2 6 named\ntaken 0000:10:00.3 6 named\nheld\n");
	else
		put_ids(scratch.fd);
	text = program_run(&status, "gpu-handoff doctor --sysroot %s", scratch.path);
	ck_assert_msg(status == 0 && !strstr(text, "it is shared, but"), "%s", text);
	free(text);
	scratch_remove(&scratch);
}
END_TEST

/* One line for each, without colour in a pipe; of a name that would steer a terminal nothing is left. */
START_TEST(test_lines)
{
	static const char *const wanted[] = {
		"\npass  /etc/gpu-handoff.conf: it is understood, and has 1 [card] and 1 [usb] sections\n",
		"\nfail  [card " GPU "]: " GPU " is reserved, but nouveau has " GPU
		", snd_hda_intel has 0000:10:00.1, xhci_hcd has 0000:10:00.2, nvidia-gpu has 0000:10:00.3: loaded "
		"before "
		"the rules that keep drivers off; run 'update-initramfs -u' as root, and reboot; until then "
		"'gpu-handoff detach " GPU "' takes it\n",
		"\npass  [usb 046d:c52b]: goes to domain 'gpu??vm'; plugged in now: 1-4\n",
		"\nwarn  domains of [usb] sections: ",
		" findings is a failure\n",
	};
	struct scratch scratch;
	int status;
	char *text;

	doctor_host(&scratch, RECORD, CARD("mode = reserved\n") "[usb 046d:c52b]\ndomain = gpu\xc2\x9bvm\n");
	put_debian(scratch.fd);
	put_usbs(scratch.fd);
	text = program_run(&status, "gpu-handoff doctor --sysroot %s", scratch.path);
	ck_assert_int_eq(status, 1);
	for (int i = 0; i < COUNT(wanted); i++)
		ck_assert_msg(strstr(text, wanted[i]), "'%s' is not in %s", wanted[i], text);
	ck_assert(!strchr(text, '\033'));
	free(text);
	scratch_remove(&scratch);
}
END_TEST

/* Every display function of a record reserved, kept free, or shared, and open to group kvm. */
static void configure_all(struct scratch *scratch, json_object *record)
{
	static const char *const modes[] = { "reserved", "kept-free", "shared" };
	json_object *devices = json_object_object_get(record, "devices");
	char config[16384];
	size_t used = 0, n = 0;

	for (size_t i = 0; i < json_object_array_length(devices) && n < 60; i++) {
		json_object *device = json_object_array_get_idx(devices, i);
		const char *class_code = record_text(device, "class");

		if (class_code && strncmp(class_code, "03", 2) == 0)
			used += (size_t)snprintf(config + used, sizeof(config) - used,
				"[card %s]\nmode = %s\naccess = kvm\n", record_text(device, "address"), modes[n++ % 3]);
	}
	config[used] = '\0';
	put_text(scratch->fd, "etc/gpu-handoff.conf", "%s", config);
}

START_TEST(test_record)
{
	json_object *record = record_load(records[_i]), *findings;
	struct scratch scratch;
	int status;
	char *text;

	program_host(&scratch, records[_i], 1);
	configure_all(&scratch, record);
	put_kvm(scratch.fd);
	text = program_run(&status, "gpu-handoff doctor --json --sysroot %s", scratch.path);
	ck_assert_msg(status <= 1, "%s: %s", records[_i], text);
	findings = doctor_parse(text, status);
	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		json_object *finding = json_object_array_get_idx(findings, i);

		ck_assert_int_eq(json_object_object_length(finding), 5);
		ck_assert_ptr_nonnull(record_text(finding, "check"));
		ck_assert(record_text(finding, "subject")[0] && record_text(finding, "reason")[0]);
		ck_assert_int_eq(
			strcmp(record_text(finding, "result"), "pass") != 0, record_text(finding, "remedy") != NULL);
	}
	json_object_put(findings);
	json_object_put(record);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_doctor(void)
{
	TCase *tcase = suite_case("doctor");

	add_rows(tcase, test_host, hosts);
	tcase_add_loop_test(tcase, test_no_stray, 0, 3);
	tcase_add_test(tcase, test_lines);
	tcase_add_loop_test(tcase, test_record, 0, (int)record_names(records));
	return tcase;
}
