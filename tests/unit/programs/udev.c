// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff-udev DEVPATH`: what it says of the devices of recorded machines, as udev would ask. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/programs.h"

/* A card of four functions, below a bridge, and a network card. */
#define MACHINE "am4-2400g-gtx1660"
#define PCI     "devices/pci0000:00/0000:00:01.1/"
#define GPU     PCI "0000:10:00.0"
#define AUDIO   PCI "0000:10:00.1"
#define PATH    "0000:00:01.1/00.0"
#define RUN     "run/gpu-handoff/"
#define UUID    "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
#define CONF    "etc/gpu-handoff.conf"

static const char *records[RECORDS_MAX];
static struct scratch scratch;

static void start(const char *name)
{
	program_host(&scratch, name, 1);
}

static void stop(void)
{
	scratch_remove(&scratch);
}

/* What it prints of a path; the caller frees it. */
static char *ask(const char *devpath)
{
	int status;
	char *text = program_run(&status, "gpu-handoff-udev --sysroot %s '%s'", scratch.path, devpath);

	ck_assert_msg(status == 0, "%s: %s", devpath, text);
	return text;
}

static void expect(const char *devpath, const char *wanted)
{
	char *text = ask(devpath);

	ck_assert_str_eq(text, wanted);
	free(text);
}

/* A line of it, or its absence. */
static void expect_line(const char *devpath, const char *line, bool there)
{
	char *text = ask(devpath);

	ck_assert_msg((strstr(text, line) != NULL) == there, "%s of %s: %s", line, devpath, text);
	free(text);
}

#define OF_CARD(address, role, state, mode)                                                                            \
	"GPU_HANDOFF_CARD=" PATH "\nGPU_HANDOFF_ADDRESS=0000:10:00." address "\nGPU_HANDOFF_ROLE=" role                \
	"\nGPU_HANDOFF_GROUP=6\nGPU_HANDOFF_STATE=" state "\nGPU_HANDOFF_MODE=" mode "\n"

/* Devices of the machine, and what is said of them. */
static const struct {
	const char *path, *wanted;
} rows[] = {
	{ GPU, OF_CARD("0", "gpu", "host", "shared") },
	{ AUDIO, OF_CARD("1", "audio", "host", "shared") },
	{ PCI "0000:10:00.2", OF_CARD("2", "usb", "host", "shared") },
	{ PCI "0000:10:00.3", OF_CARD("3", "ucsi", "host", "shared") },
	{ GPU "/drm/card0", OF_CARD("0", "gpu", "host", "shared") },
	{ GPU "/drm/card0/card0-DP-1", OF_CARD("0", "gpu", "host", "shared") },
	{ GPU "/graphics/fb0", OF_CARD("0", "gpu", "host", "shared") },
	{ GPU "/vfio-dev/vfio0", OF_CARD("0", "gpu", "vfio", "shared") },
	{ AUDIO "/sound/card1/input17/event5", OF_CARD("1", "audio", "host", "shared") },
	{ PCI "0000:10:00.2/usb3/3-1/3-1:1.0", OF_CARD("2", "usb", "host", "shared") },
	{ "devices/virtual/vfio/6", OF_CARD("0", "gpu", "host", "shared") },
	/* The bridge, and what is no card's. */
	{ "devices/pci0000:00/0000:00:01.1", "" },
	{ "devices/pci0000:00", "" },
	{ "devices/virtual/vfio/vfio", "" },
	{ "devices/virtual/vfio/99", "" },
	{ "devices/virtual/vfio/-6", "" },
	{ "devices/virtual/vfio/6/power", "" },
	{ "devices/virtual/drm/ttm", "" },
	{ "devices/platform/serial8250/tty/ttyS0", "" },
};

START_TEST(test_device)
{
	char path[256];

	start(MACHINE);
	(void)snprintf(path, sizeof(path), "sys/%s", rows[_i].path);
	put_directory(scratch.fd, path);
	expect(path + strlen("sys"), rows[_i].wanted);
	stop();
}
END_TEST

/* Paths that no udev has: none is followed out of /sys/devices, and none is taken for another. */
static const struct {
	const char *path;
	bool is_wrong; /* told as such; else there is no such device */
} hostile[] = {
	{ "", true },
	{ "/", true },
	{ "devices/pci0000:00", true },
	{ "0000:10:00.0", true },
	{ "/sys/" GPU, true },
	{ "/bus/pci/devices/0000:10:00.0", true },
	{ "/devices", true },
	{ "/devices/..", true },
	{ "/devices/../" GPU, true },
	{ "/" PCI "../0000:00:01.1/0000:10:00.0", true },
	{ "/" GPU "/..", true },
	{ "/" GPU "/drm/../../0000:10:00.1", true },
	{ "/" GPU "/uevent", true },
	{ "--help=/devices/", true },
	{ "/" PCI "0000:10:00.7", false },
	{ "/" GPU "/drm/card9", false },
	{ "/devices/pci0000:00/0000:10:00.0", false },
	{ "/devices/%s%n", false },
	{ "/devices/\x1b[2J\n", false },
};

START_TEST(test_hostile)
{
	int status;
	char *text;

	start(MACHINE);
	text = program_run(&status, "gpu-handoff-udev --sysroot %s '%s'", scratch.path, hostile[_i].path);
	ck_assert_int_eq(status, hostile[_i].is_wrong ? 2 : 0);
	ck_assert_msg(!strstr(text, "GPU_HANDOFF") && (hostile[_i].is_wrong || !text[0]), "%s", text);
	free(text);
	stop();
}
END_TEST

START_TEST(test_long)
{
	char path[2 * PATH_MAX] = "/devices/", *text;
	int status;

	/* Longer than program_run() takes: of a part only. */
	memset(path + strlen(path), 'x', 700);
	start(MACHINE);
	text = program_run(&status, "gpu-handoff-udev --sysroot %s %s", scratch.path, path);
	ck_assert_int_eq(status, 1);
	ck_assert_ptr_nonnull(strstr(text, "File name too long"));
	free(text);
	stop();
}
END_TEST

static void put_journal(const char *head, const char *owner, const char *state, const char *taken)
{
	char path[128];

	(void)snprintf(path, sizeof(path), RUN "%s.journal", owner);
	put_text(scratch.fd, path, "gpu-handoff 1\n%s\n%s%s", head, taken, state);
	ck_assert_int_eq(fchmodat(scratch.fd, path, 0600, 0), 0);
	ck_assert_int_eq(fchmodat(scratch.fd, "run/gpu-handoff", 0700, 0), 0);
}

#define DOMAIN   "domain " UUID " gpuvm"
#define TAKEN    "taken 0000:10:00.0 6 named\n"
#define DETACHED "detached 0000:10:00.0"
#define POISONED "poisoned 0000:10:00.0 gpuvm"

/* Who has the GPU: its driver, and a journal. */
static const struct {
	const char *driver, *head, *owner, *state, *wanted;
} states[] = {
	{ "nouveau", NULL, NULL, NULL, "host" },
	{ "vfio-pci", NULL, NULL, NULL, "vfio" },
	{ NULL, NULL, NULL, NULL, "none" },
	{ "vfio-pci", DOMAIN, UUID, "held\n", "vm" },
	{ "vfio-pci", DOMAIN, UUID, "", "vm" },
	{ "nouveau", DOMAIN, UUID, "", "vm" },
	{ NULL, DOMAIN, UUID, "held\nreturning\n", "vm" },
	{ "vfio-pci", DOMAIN, UUID, "held\nreturning\n", "vm" },
	/* On its way back, and there: what a seat is to see. */
	{ "nouveau", DOMAIN, UUID, "held\nreturning\n", "host" },
	{ "vfio-pci", DETACHED, "0000:10:00.0", "held\n", "detached" },
	{ NULL, POISONED, "poisoned/0000:10:00.0", "", "poisoned" },
	{ "nouveau", POISONED, "poisoned/0000:10:00.0", "", "poisoned" },
	/* What is no journal says nothing. */
	{ "nouveau", "x", UUID, "held\n", "host" },
};

START_TEST(test_state)
{
	char line[64];

	start(MACHINE);
	remove_all(scratch.fd, "sys/" GPU "/driver");
	if (states[_i].driver) {
		(void)snprintf(line, sizeof(line), "sys/bus/pci/drivers/%s", states[_i].driver);
		put_link(scratch.fd, "sys/" GPU "/driver", line);
	}
	if (states[_i].head) {
		/* What takes the lock of a poisoned device is not even looked at: it is not there. */
		remove_all(scratch.fd, "sys/" GPU "/driver_override");
		remove_all(scratch.fd, "sys/" GPU "/uevent");
		put_directory(scratch.fd, RUN "poisoned");
		ck_assert_int_eq(fchmodat(scratch.fd, RUN "poisoned", 0700, 0), 0);
		put_journal(states[_i].head, states[_i].owner, states[_i].state, TAKEN);
	}
	(void)snprintf(line, sizeof(line), "GPU_HANDOFF_STATE=%s\n", states[_i].wanted);
	expect_line("/" GPU, line, true);
	/* The journal names one function only. */
	expect_line("/" AUDIO, "GPU_HANDOFF_STATE=host\n", true);
	stop();
}
END_TEST

/* A journal is about the function that was taken, and not about another one that has come to its address. */
static const struct {
	const char *head, *owner, *state, *wanted;
} owners[] = {
	{ DOMAIN, UUID, "held\n", "vm" },
	{ POISONED, "poisoned/0000:10:00.0", "", "poisoned" },
};

START_TEST(test_replaced)
{
	char taken[64], wanted[64];
	struct stat st;

	start(MACHINE);
	ck_assert_int_eq(fstatat(scratch.fd, "sys/" GPU, &st, 0), 0);
	put_directory(scratch.fd, RUN "poisoned");
	ck_assert_int_eq(fchmodat(scratch.fd, RUN "poisoned", 0700, 0), 0);
	(void)snprintf(wanted, sizeof(wanted), "GPU_HANDOFF_STATE=%s\n", owners[_i].wanted);
	for (int other = 0; other <= 1; other++) {
		(void)snprintf(taken, sizeof(taken), "taken 0000:10:00.0 6 named %ju\n", (uintmax_t)st.st_ino + other);
		put_journal(owners[_i].head, owners[_i].owner, owners[_i].state, taken);
		expect_line("/" GPU, wanted, !other);
		expect_line("/" GPU, "GPU_HANDOFF_STATE=host\n", other);
	}
	stop();
}
END_TEST

/* Sections, and the lines of one device that come of them. */
static const struct {
	const char *conf, *mode;
	bool for_kvm;
} confs[] = {
	{ "", "shared", false },
	{ "[card 0000:10:00.0]\nmode = reserved\n", "reserved", false },
	{ "[card 0000:10:00.3]\nmode = kept-free\naccess = kvm\n", "kept-free", true },
	{ "[card " PATH "]\nmode = reserved\naccess = kvm\n", "reserved", true },
	{ "[card 10de:2184]\nmode = reserved\n", "reserved", false },
	{ "[card 10de:2185]\nmode = reserved\naccess = kvm\n", "shared", false },
	{ "[card 0000:11:00.0]\nmode = reserved\naccess = kvm\n", "shared", false },
	{ "[card 0000:10:00.0]\nmode = reserved\naccess = root\n", "reserved", false },
	/* Two sections about it, and one that is wrong. */
	{ "[card 0000:10:00.0]\nmode = reserved\naccess = kvm\n[card " PATH "]\nmode = reserved\naccess = kvm\n",
		"shared", false },
	{ "[card 0000:10:00.0]\nmode = reserved\naccess = kwm\n", "shared", false },
	{ "[holders]\naction = x\n[card 0000:10:00.0]\nmode = reserved\n", "reserved", false },
	{ "\x7f"
	  "ELF",
		"shared", false },
};

START_TEST(test_mode)
{
	char line[64];

	start(MACHINE);
	put_text(scratch.fd, CONF, "%s", confs[_i].conf);
	put_directory(scratch.fd, "sys/devices/virtual/vfio/6");
	(void)snprintf(line, sizeof(line), "GPU_HANDOFF_MODE=%s\n", confs[_i].mode);
	expect_line("/" GPU, line, true);
	expect_line("/" AUDIO, line, true);
	expect_line("/devices/virtual/vfio/6", line, true);
	expect_line("/devices/virtual/vfio/6", "GPU_HANDOFF_ACCESS=kvm\n", confs[_i].for_kvm);
	stop();
}
END_TEST

/* Of twins each is meant by its address and by its path, and none by ids. */
START_TEST(test_twins)
{
	static const char one[] = "/devices/pci0002:00/0002:00:00.0/0002:01:00.0",
			  other[] = "/devices/pci000a:00/000a:00:00.0/000a:01:00.0";

	start("power8-2xp100-domains");
	put_text(scratch.fd, CONF, "[card 10de:15f9]\nmode = reserved\n");
	expect_line(one, "GPU_HANDOFF_MODE=shared\n", true);
	expect_line(other, "GPU_HANDOFF_MODE=shared\n", true);
	put_text(scratch.fd, CONF, "[card 000a:01:00.0]\nmode = reserved\n");
	expect_line(one, "GPU_HANDOFF_MODE=shared\n", true);
	expect_line(other, "GPU_HANDOFF_MODE=reserved\n", true);
	put_text(scratch.fd, CONF, "[card 0002:00:00.0/00.0]\nmode = kept-free\n");
	expect_line(one, "GPU_HANDOFF_MODE=kept-free\n", true);
	expect_line(other, "GPU_HANDOFF_MODE=shared\n", true);
	stop();
}
END_TEST

/* Two cards in one group: who may open it has both. */
START_TEST(test_shared_group)
{
	start("rocketlake-i7-11700-rtx2060");
	put_directory(scratch.fd, "sys/devices/virtual/vfio/14");
	put_directory(scratch.fd, "sys/devices/pci0000:00/0000:00:09.0");
	put_text(scratch.fd, "sys/devices/pci0000:00/0000:00:09.0/class", "0x030000\n");
	put_text(scratch.fd, "sys/devices/pci0000:00/0000:00:09.0/vendor", "0x1002\n");
	put_link(scratch.fd, "sys/bus/pci/devices/0000:00:09.0", "sys/devices/pci0000:00/0000:00:09.0");
	put_link(scratch.fd, "sys/devices/pci0000:00/0000:00:09.0/iommu_group", "sys/kernel/iommu_groups/14");
	put_link(scratch.fd, "sys/kernel/iommu_groups/14/devices/0000:00:09.0", "sys/devices/pci0000:00/0000:00:09.0");
	put_text(scratch.fd, CONF, "[card 0000:02:00.0]\naccess = kvm\n");
	expect_line("/devices/virtual/vfio/14", "GPU_HANDOFF_ACCESS", false);
	put_text(scratch.fd, CONF, "[card 0000:00:09.0]\naccess = kvm\n");
	expect_line("/devices/virtual/vfio/14", "GPU_HANDOFF_ACCESS", false);
	put_text(scratch.fd, CONF, "[card 0000:02:00.0]\naccess = kvm\n[card 0000:00:09.0]\naccess = kvm\n");
	expect_line("/devices/virtual/vfio/14", "GPU_HANDOFF_ACCESS=kvm\n", true);
	stop();
}
END_TEST

#define KEYBOARD "/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4.2"

static void put_usb(const char *directory)
{
	static const char *const attributes[][2] = { { "idVendor", "046d" }, { "idProduct", "c52b" }, { "busnum", "1" },
		{ "devnum", "7" } };
	char path[256];

	for (int i = 0; i < COUNT(attributes); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory, attributes[i][0]);
		put_text(scratch.fd, path, "%s\n", attributes[i][1]);
	}
}

START_TEST(test_usb)
{
	start(MACHINE);
	put_usb("sys" KEYBOARD);
	put_directory(scratch.fd, "sys" KEYBOARD "/1-4.2:1.0");
	expect(KEYBOARD, "");
	put_text(scratch.fd, CONF, "[usb 046d:c52b]\ndomain = gpuvm\n");
	expect(KEYBOARD, "GPU_HANDOFF_FOLLOW=1\n");
	expect(KEYBOARD "/1-4.2:1.0", "");
	put_text(scratch.fd, CONF, "[usb 1-4.2]\ndomain = gpuvm\n");
	expect(KEYBOARD, "GPU_HANDOFF_FOLLOW=1\n");
	put_text(scratch.fd, CONF, "[usb 1-4]\ndomain = gpuvm\n[usb 046d:c52c]\ndomain = gpuvm\n");
	expect(KEYBOARD, "");
	/* A section that is wrong is left out. */
	put_text(scratch.fd, CONF, "[usb 1-4.2]\n");
	expect(KEYBOARD, "");

	/* Below the controller of a card it is both. */
	put_usb("sys/" PCI "0000:10:00.2/usb3/3-1");
	put_text(scratch.fd, CONF, "[usb 3-1]\ndomain = gpuvm\n");
	expect("/" PCI "0000:10:00.2/usb3/3-1", OF_CARD("2", "usb", "host", "shared") "GPU_HANDOFF_FOLLOW=1\n");
	/* Ids that are none. */
	put_text(scratch.fd, "sys" KEYBOARD "/idVendor", "046dx\n");
	put_text(scratch.fd, CONF, "[usb 1-4.2]\ndomain = gpuvm\n");
	expect(KEYBOARD, "");
	stop();
}
END_TEST

/* The path below /sys that a function has. */
static void find_path(const char *address, char path[PATH_MAX])
{
	char link[PATH_MAX], *real;

	(void)snprintf(link, sizeof(link), "%s/sys/bus/pci/devices/%s", scratch.path, address);
	real = realpath(link, NULL);
	ck_assert_ptr_nonnull(real);
	(void)snprintf(path, PATH_MAX, "%s", strstr(real, "/devices/pci"));
	free(real);
}

/* On every machine: the functions of a card have one name, which no other card has. */
START_TEST(test_record)
{
	json_object *record = record_load(records[_i]), *cards = json_object_object_get(record, "expect");
	static char names[64][128];
	char path[PATH_MAX], *text;
	size_t n = cards ? json_object_array_length(cards) : 0;

	start(records[_i]);
	for (size_t i = 0; i < n && i < 64; i++) {
		json_object *card = json_object_array_get_idx(cards, i);
		json_object *functions = json_object_object_get(card, "functions");

		find_path(record_text(card, "gpu"), path);
		text = ask(path);
		ck_assert_ptr_nonnull(strstr(text, "GPU_HANDOFF_ROLE=gpu\n"));
		(void)snprintf(names[i], sizeof(names[i]), "%.*s\n", (int)strcspn(text, "\n"), text);
		free(text);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(names[i], names[j]);
		for (size_t j = 0; functions && j < json_object_array_length(functions); j++) {
			find_path(json_object_get_string(json_object_array_get_idx(functions, j)), path);
			expect_line(path, names[i], true);
		}
	}
	stop();
	json_object_put(record);
}
END_TEST

START_TEST(test_usage)
{
	static const char *const wrong[] = { "", "--reserv 0000:10:00.0", "a b", "--sysroot", "--sysroot /", "-h",
		"--consoles 0", "--consoles all" };
	int status;
	char *text;

	for (int i = 0; i < COUNT(wrong); i++) {
		text = program_run(&status, "gpu-handoff-udev %s", wrong[i]);
		ck_assert_msg(status == 2 && strstr(text, "usage:"), "%s: %d %s", wrong[i], status, text);
		free(text);
	}
	text = program_run(&status, "gpu-handoff-udev --help");
	ck_assert(status == 0 && strstr(text, "DEVPATH"));
	free(text);
}
END_TEST

/* A host that has nothing to release: its consoles are taken over on every boot as well. */
START_TEST(test_consoles)
{
	int status;
	char *text;

	start(MACHINE);
	text = program_run(&status, "gpu-handoff-udev --sysroot %s --consoles", scratch.path);
	ck_assert_msg(status == 0 && !text[0], "%d %s", status, text);
	free(text);
	stop();
}
END_TEST

TCase *case_udev(void)
{
	TCase *tcase = suite_case("udev");

	add_rows(tcase, test_device, rows);
	add_rows(tcase, test_hostile, hostile);
	tcase_add_test(tcase, test_long);
	add_rows(tcase, test_state, states);
	add_rows(tcase, test_mode, confs);
	tcase_add_test(tcase, test_twins);
	tcase_add_test(tcase, test_shared_group);
	add_rows(tcase, test_replaced, owners);
	tcase_add_test(tcase, test_usb);
	tcase_add_loop_test(tcase, test_record, 0, (int)record_names(records));
	tcase_add_test(tcase, test_consoles);
	tcase_add_test(tcase, test_usage);
	return tcase;
}
