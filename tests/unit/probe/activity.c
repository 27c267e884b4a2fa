// SPDX-License-Identifier: GPL-2.0-or-later
/* Every sign that a function is at work is seen, and none of one that is idle. */
#include "probe/activity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "probe/activity_text.h"
#include "tests/support/fake_kernel.h"
#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/unit/probe/probe.h"

#define GPU   "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0"
#define AUDIO "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1"
#define UUID  "GPU-0b3d4a5c-1f2e-3d4c-5b6a-798897a6b5c4"

static const struct address gpu = { .bus = 1 };

static struct scratch scratch;
static struct host host;
static struct inventory inventory;
static struct activity activity;
static struct fake_kernel kernel;

static void start(void)
{
	struct function function = { .address = gpu, .driver = "nvidia" };

	scratch_make(&scratch);
	put_directory(scratch.fd, GPU);
	put_directory(scratch.fd, AUDIO);
	put_directory(scratch.fd, "proc");
	put_link(scratch.fd, "sys/bus/pci/devices/0000:01:00.0", GPU);
	put_link(scratch.fd, "sys/bus/pci/devices/0000:01:00.1", AUDIO);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	fake_kernel_install(&kernel, &host);
	inventory.n_functions = 0;
	ck_assert_int_eq(inventory_put(&inventory, &function), 0);
	function = (struct function){ .address = { .bus = 1, .function = 1 }, .driver = "snd_hda_intel" };
	ck_assert_int_eq(inventory_put(&inventory, &function), 0);
	memset(&activity, 0xa5, sizeof(activity));
}

static void stop(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static void check_idle(unsigned int i)
{
	ck_assert_uint_eq(activity.functions[i].vectors, 0);
	ck_assert_int_eq(activity.functions[i].uvm, UVM_NONE);
}

START_TEST(test_idle)
{
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	check_idle(0);
	check_idle(1);
	ck_assert(activity.n_uses == 0 && activity.n_clients == 0 && activity.n_more == 0 && !activity.untold);
	/* A directory without an entry, as it is where there were vectors before; and a function that is gone. */
	put_directory(scratch.fd, GPU "/msi_irqs");
	put_directory(scratch.fd, "proc/driver/nvidia-uvm/gpus");
	inventory.functions[1].address.bus = 77;
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	check_idle(0);
	check_idle(1);
}
END_TEST

/* The H100 of facts, section 7: eight vectors in persistence mode, and UVM's entry while a CUDA program runs. */
START_TEST(test_h100)
{
	char path[64];

	for (int irq = 40; irq < 48; irq++) {
		(void)snprintf(path, sizeof(path), GPU "/msi_irqs/%d", irq);
		put_text(scratch.fd, path, "msix\n");
	}
	put_text(scratch.fd, "proc/driver/nvidia/gpus/0000:01:00.0/information",
		"Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 25\nGPU UUID: \t " UUID "\nDevice Minor: \t 0\n");
	put_directory(scratch.fd, "proc/driver/nvidia-uvm/gpus");
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_uint_eq(activity.functions[0].vectors, 8);
	ck_assert_int_eq(activity.functions[0].uvm, UVM_NONE);
	check_idle(1);
	put_directory(scratch.fd, "proc/driver/nvidia-uvm/gpus/" UUID);
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_int_eq(activity.functions[0].uvm, UVM_REGISTERED);
	check_idle(1);
}
END_TEST

static const struct {
	const char *uuid, *entry; /* what the GPU says, what UVM has */
	enum activity_uvm expected;
} registered[] = {
	{ UUID, UUID, UVM_REGISTERED },
	{ UUID, "UVM-" UUID, UVM_REGISTERED },
	{ UUID, "GPU-ffffffff-1f2e-3d4c-5b6a-798897a6b5c4", UVM_NONE },
	{ "GPU-\?\?\?\?\?\?\?\?-\?\?\?\?-\?\?\?\?-\?\?\?\?-\?\?\?\?\?\?\?\?\?\?\?\?", UUID, UVM_UNKNOWN },
	{ NULL, UUID, UVM_UNKNOWN },
};

START_TEST(test_uvm)
{
	char path[128];

	if (registered[_i].uuid)
		put_text(scratch.fd, "proc/driver/nvidia/gpus/0000:01:00.0/information", "GPU UUID: \t %s\n",
			registered[_i].uuid);
	(void)snprintf(path, sizeof(path), "proc/driver/nvidia-uvm/gpus/%s", registered[_i].entry);
	put_directory(scratch.fd, path);
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_int_eq(activity.functions[0].uvm, registered[_i].expected);
	ck_assert_int_eq(activity.functions[1].uvm, UVM_NONE);
}
END_TEST

#define HEADINGS "             command   tgid dev master a   uid      magic\n"

static const struct {
	const char *text;
	unsigned int n;
	pid_t pid; /* of the last */
	const char *command;
} clients[] = {
	{ HEADINGS "      systemd-logind   812   0   y    y     0          0\n"
		   "                Xorg  1234   0   n    y  1000          1\n",
		2, 1234, "Xorg" },
	{ HEADINGS "         a b 12 c d)  4711 128   n    n  1000          0        x 2", 1, 4711, "a b 12 c d)" },
	{ HEADINGS, 0, 0, NULL },
	{ "", 0, 0, NULL },
	{ HEADINGS "short 12\n", 0, 0, NULL },
	/* Nothing is taken from the line before. */
	{ HEADINGS "                Xorg  1234   0   n    y  1000          1\nshort\n", 1, 1234, "Xorg" },
	{ HEADINGS "                Xorg  -123   0   y    y     0          0\n", 0, 0, NULL },
	{ HEADINGS "                Xorg     0   0   y    y     0          0\n", 0, 0, NULL },
	{ HEADINGS "                Xorg  99999999999   0   y\n", 0, 0, NULL },
	{ HEADINGS "   seventeen-letters   812   0   y    y     0          0\n", 0, 0, NULL },
};

START_TEST(test_clients)
{
	put_device(scratch.fd, GPU "/drm/card1", "drm", "226:1");
	put_device(scratch.fd, GPU "/drm/card1/card1-DP-1", "drm", NULL);
	put_device(scratch.fd, GPU "/drm/renderD128", "drm", "226:128");
	put_text(scratch.fd, "sys/kernel/debug/dri/1/clients", "%s", clients[_i].text);
	put_text(scratch.fd, "sys/kernel/debug/dri/0/clients", "%s", clients[0].text);
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_uint_eq(activity.n_clients, clients[_i].n);
	if (clients[_i].n == 0)
		return;
	ck_assert_int_eq(activity.clients[clients[_i].n - 1].pid, clients[_i].pid);
	ck_assert_str_eq(activity.clients[clients[_i].n - 1].command, clients[_i].command);
	ck_assert_int_eq(activity.clients[0].kind, CLIENT_DRM);
	ck_assert_int_eq(address_compare(activity.clients[0].owner, gpu), 0);
}
END_TEST

static const struct {
	const char *text;
	bool open, running;
	pid_t pid;
} streams[] = {
	{ "closed\n", false, false, 0 },
	{ "", false, false, 0 },
	{ "state: RUNNING\nowner_pid   : 2211\ntrigger_time: 9117.1\n", true, true, 2211 },
	{ "state: DRAINING\nowner_pid   : 2211\n", true, true, 2211 },
	{ "state: PREPARED\nowner_pid   : 2211\n", true, false, 2211 },
	{ "state: RUNNINGS\nowner_pid   : \n", true, false, 0 },
	{ "owner_pid   : 2211\n", false, false, 2211 },
};

START_TEST(test_streams)
{
	struct client client = { .pid = 7, .running = true };

	ck_assert_int_eq(sound_parse_status(streams[_i].text, &client), streams[_i].open);
	ck_assert(client.running == streams[_i].running && client.pid == streams[_i].pid);
	put_device(scratch.fd, AUDIO "/sound/card1", "sound", NULL);
	put_device(scratch.fd, AUDIO "/sound/card1/pcmC1D3p", "sound", "116:3");
	put_text(scratch.fd, "proc/asound/card1/id", "NVidia\n");
	put_text(scratch.fd, "proc/asound/card1/pcm3p/info", "card: 1\n");
	put_text(scratch.fd, "proc/asound/card1/pcm3p/sub0/status", "closed\n");
	put_text(scratch.fd, "proc/asound/card1/pcm3p/sub1/status", "%s", streams[_i].text);
	put_text(scratch.fd, "proc/asound/card0/pcm0p/sub0/status", "state: RUNNING\nowner_pid   : 1\n");
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_uint_eq(activity.n_clients, streams[_i].open);
	if (!streams[_i].open)
		return;
	ck_assert_int_eq(activity.clients[0].kind, CLIENT_SOUND);
	ck_assert_int_eq(activity.clients[0].owner.function, 1);
	ck_assert(activity.clients[0].running == streams[_i].running && activity.clients[0].pid == streams[_i].pid);
}
END_TEST

static const struct {
	const char *flags;
	int expected;
	bool up;
} interfaces[] = {
	{ "0x1003\n", 0, true },
	{ "0x1002\n", 0, false },
	{ "0x\n", -EBADMSG, false },
	{ "1003\n", -EBADMSG, false },
	{ "0x1000000000\n", -EBADMSG, false },
	{ NULL, 0, false },
};

START_TEST(test_interfaces)
{
	put_device(scratch.fd, GPU "/net/et\th1", "net", NULL);
	if (interfaces[_i].flags)
		put_text(scratch.fd, GPU "/net/et\th1/flags", "%s", interfaces[_i].flags);
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), interfaces[_i].expected);
	if (interfaces[_i].expected < 0)
		return;
	ck_assert_uint_eq(activity.n_uses, interfaces[_i].up);
	if (!interfaces[_i].up)
		return;
	ck_assert_str_eq(activity.uses[0].sentence, "the interface 'et?h1' is up");
	ck_assert_int_eq(address_compare(activity.uses[0].owner, gpu), 0);
	/* What is refused already is not told of twice. */
	strcpy(inventory.functions[0].carries, "carries 'eth1', the interface of the default route");
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_uint_eq(activity.n_uses, 0);
}
END_TEST

#define DISK GPU "/usb1/1-4/host6/block/sdb"

static const struct {
	const char *partition, *held; /* whether the disk has one, and who holds what */
	unsigned int claimed;         /* the minor number, of major 8 */
	const char *use;
} disks[] = {
	{ NULL, NULL, 0, NULL },
	{ NULL, NULL, 16, "the disk 'sdb' is mounted, or otherwise in use" },
	{ "sdb1", NULL, 17, "the disk 'sdb1' is mounted, or otherwise in use" },
	{ "sdb1", NULL, 16, NULL },
	{ "sdb1", DISK "/sdb1/holders/dm-0", 0, "the disk 'sdb1' is part of another one" },
	{ "sdb1", DISK "/holders/md0", 0, "the disk 'sdb' is part of another one" },
	{ NULL, DISK "/holders/md0", 16, "the disk 'sdb' is part of another one" },
};

START_TEST(test_disks)
{
	put_device(scratch.fd, DISK, "block", "8:16");
	put_directory(scratch.fd, DISK "/holders");
	if (disks[_i].partition) {
		put_device(scratch.fd, DISK "/sdb1", "block", "8:17");
		put_text(scratch.fd, DISK "/sdb1/partition", "1\n");
	}
	if (disks[_i].held)
		put_link(scratch.fd, disks[_i].held, "sys/devices/virtual/block/x");
	kernel.claimed = disks[_i].claimed ? makedev(8, disks[_i].claimed) : 0;
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_uint_eq(activity.n_uses, disks[_i].use ? 1 : 0);
	if (disks[_i].use)
		ck_assert_str_eq(activity.uses[0].sentence, disks[_i].use);
	strcpy(inventory.functions[0].carries, "holds '/', which is mounted");
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_uint_eq(activity.n_uses, 0);
}
END_TEST

static ssize_t answer;

static ssize_t fixed_read(
	const struct host *h, int directory, const char *path, char *buffer, size_t size, int deadline_ms)
{
	(void)h;
	(void)directory;
	(void)path;
	(void)size;
	ck_assert_int_eq(deadline_ms, ACTIVITY_DEADLINE_MS);
	buffer[0] = '\0';
	return answer;
}

static int fixed_claim(const struct host *h, const char *path, dev_t number, int deadline_ms)
{
	(void)h;
	(void)number;
	ck_assert_str_eq(path, "cciss/c0d0");
	ck_assert_int_eq(deadline_ms, ACTIVITY_DEADLINE_MS);
	return (int)answer;
}

static const struct {
	ssize_t answer;
	int expected;
	bool untold;
} answers[] = {
	{ KERNEL_STUCK, KERNEL_STUCK, false },
	{ -EACCES, 0, true },
	{ -E2BIG, 0, true },
	{ -ENOENT, 0, false },
};

/* A driver that keeps a question waiting is no driver without users; what is not for us to read is known as that. */
START_TEST(test_answers)
{
	struct kernel table = *host.kernel;

	table.read = fixed_read;
	table.block_is_claimed = fixed_claim;
	host.kernel = &table;
	answer = answers[_i].answer;
	put_device(scratch.fd, GPU "/drm/card1", "drm", "226:1");
	put_text(scratch.fd, "sys/kernel/debug/dri/1/clients", "%s", clients[0].text);
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), answers[_i].expected);
	ck_assert_int_eq(activity.untold, answers[_i].untold);
	remove_all(scratch.fd, GPU "/drm");
	put_device(scratch.fd, GPU "/block/cciss!c0d0", "block", "104:0");
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), answers[_i].expected);
	ck_assert_int_eq(activity.untold, answers[_i].untold);
	ck_assert_uint_eq(activity.n_uses, 0);
}
END_TEST

/* What finds no room is counted. */
START_TEST(test_full)
{
	const unsigned int n = ACTIVITY_USES_MAX + 3;
	char path[128];

	for (unsigned int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), GPU "/net/eth%u", i);
		put_device(scratch.fd, path, "net", NULL);
		strcat(path, "/flags");
		put_text(scratch.fd, path, "0x1\n");
	}
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	ck_assert_uint_eq(activity.n_uses, ACTIVITY_USES_MAX);
	ck_assert_uint_eq(activity.n_more, 3);
	memset(&activity, 0, sizeof(activity));
	for (unsigned int i = 0; i < ACTIVITY_CLIENTS_MAX + 1; i++)
		activity_add_client(&activity, &(struct client){ .pid = (pid_t)i });
	ck_assert_uint_eq(activity.n_clients, ACTIVITY_CLIENTS_MAX);
	ck_assert_uint_eq(activity.n_more, 1);
}
END_TEST

static const char *records[RECORDS_MAX];

/* A recorded machine shows functions and nothing that is at work. */
START_TEST(test_records)
{
	json_object *record = record_load(records[_i]);

	remove_all(scratch.fd, "sys/bus");
	remove_all(scratch.fd, "sys/devices");
	record_dress(record);
	tree_write(scratch.fd, record, NULL);
	record_inventory(record, &inventory);
	json_object_put(record);
	ck_assert_int_eq(activity_probe(&host, &inventory, &activity), 0);
	for (unsigned int i = 0; i < inventory.n_functions; i++)
		check_idle(i);
	ck_assert(activity.n_uses == 0 && activity.n_clients == 0 && activity.n_more == 0 && !activity.untold);
}
END_TEST

TCase *case_activity(void)
{
	TCase *tcase = suite_case("activity");

	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_test(tcase, test_idle);
	tcase_add_test(tcase, test_h100);
	add_rows(tcase, test_uvm, registered);
	add_rows(tcase, test_clients, clients);
	add_rows(tcase, test_streams, streams);
	add_rows(tcase, test_interfaces, interfaces);
	add_rows(tcase, test_disks, disks);
	add_rows(tcase, test_answers, answers);
	tcase_add_test(tcase, test_full);
	tcase_add_loop_test(tcase, test_records, 0, (int)record_names(records));
	return tcase;
}
