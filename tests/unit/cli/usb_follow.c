// SPDX-License-Identifier: GPL-2.0-or-later
/* USB devices that follow a domain, with libvirt's driver for tests: its domains, and what is asked of them. */
#include "cli/usb_follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libvirt/virterror.h>

#include "apply/event.h"
#include "apply/usb_record.h"
#include "tests/support/caught.h"
#include "tests/support/scratch.h"
#include "tests/unit/cli/cli.h"

#define ROOT   "devices/pci0000:00/0000:00:14.0/usb1"
#define DEVICE ROOT "/1-4"
#define RECORD "run/gpu-handoff/usb/1-4"
#define UUID   "4dea22b3-1d52-d8f3-2516-000000000001"

#define HOSTDEV(bus, number)                                                                                           \
	"<hostdev mode='subsystem' type='usb' managed='yes'><source><address bus='" bus "' device='" number            \
	"'/></source></hostdev>"

/* The driver starts its domains. */
#define DOMAIN(name, number, devices)                                                                                  \
	"<domain type='test'><name>" name "</name><uuid>4dea22b3-1d52-d8f3-2516-00000000000" number                    \
	"</uuid><memory>8192</memory><os><type>hvm</type></os><devices>" devices "</devices></domain>"

static struct scratch scratch;
static struct host host;
static struct refusal refusal;
static char uri[512], printed[4096];

/* ---- what libvirt is asked ---- */

static char asked[2048];
static bool fails, stops, lies;

int __wrap_virDomainAttachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags);
int __wrap_virDomainDetachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags);
char *__wrap_virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags);
char *__real_virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags);

static int answer(const char *what, virDomainPtr domain, const char *xml, unsigned int flags)
{
	size_t length = strlen(asked);
	char *record = get_text(scratch.fd, RECORD);
	int lock = openat(scratch.fd, "run/gpu-handoff/usb/lock", O_RDWR | O_CLOEXEC);

	(void)snprintf(asked + length, sizeof(asked) - length, "%s %s %s%s%s%s\n", what, virDomainGetName(domain), xml,
		flags == VIR_DOMAIN_AFFECT_LIVE ? "" : " not live", record ? "" : " without a record",
		lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) < 0 ? "" : " without the lock");
	free(record);
	(void)close(lock);
	if (stops)
		(void)virDomainDestroy(domain);
	return fails || stops ? -1 : 0;
}

int __wrap_virDomainAttachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags)
{
	return answer("attach", domain, xml, flags);
}

int __wrap_virDomainDetachDeviceFlags(virDomainPtr domain, const char *xml, unsigned int flags)
{
	return answer("detach", domain, xml, flags);
}

char *__wrap_virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
	return lies && asked[0] ? strdup(DOMAIN("gpuvm", "1", HOSTDEV("1", "7")))
				: __real_virDomainGetXMLDesc(domain, flags);
}

/* ---- the host ---- */

static void put_device(const char *port, const char *class, const char *number)
{
	char path[256], link[128];
	const char *const attributes[][2] = { { "idVendor", "046d" }, { "idProduct", "c52b" },
		{ "bDeviceClass", class }, { "busnum", "1" }, { "devnum", number } };

	for (int i = 0; i < COUNT(attributes); i++) {
		(void)snprintf(path, sizeof(path), "sys/" ROOT "/%s/%s", port, attributes[i][0]);
		put_text(scratch.fd, path, "%s\n", attributes[i][1]);
	}
	(void)snprintf(path, sizeof(path), "sys/" ROOT "/%s", port);
	(void)snprintf(link, sizeof(link), "sys/bus/usb/devices/%s", port);
	remove_all(scratch.fd, link);
	put_link(scratch.fd, link, path);
}

static void put_domains(const char *own, const char *others)
{
	put_text(scratch.fd, "node.xml", "<node>" DOMAIN("gpuvm", "1", "%s") DOMAIN("work", "2", "%s") "</node>", own,
		others);
}

static void put_config(const char *text)
{
	put_text(scratch.fd, "etc/gpu-handoff.conf", "%s", text);
}

static void put_record(const char *text)
{
	const struct usb_record any = { .bus = 1, .number = 1 };

	ck_assert_int_eq(usb_record_put(&host, "1-4", &any), 0);
	put_text(scratch.fd, RECORD, "%s", text);
}

static bool has_record(const char *text)
{
	char *record = get_text(scratch.fd, RECORD);
	bool has = record ? text && strcmp(record, text) == 0 : !text;

	free(record);
	return has;
}

static void set_up(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys/bus/usb/devices");
	put_directory(scratch.fd, "proc/self");
	put_directory(scratch.fd, "run");
	put_config("[usb 1-4]\ndomain = gpuvm\n");
	put_device("1-4", "00", "7");
	put_domains("", "");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	(void)snprintf(uri, sizeof(uri), "test://%s/node.xml", scratch.path);
	asked[0] = '\0';
	fails = stops = lies = false;
	caught_clear();
}

static void tear_down(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

/* Calls one of them, with what it prints in printed. */
static int call(int (*what)(struct follower *follower, const char *argument, struct refusal *why), const char *argument,
	bool dry_run)
{
	struct follower *follower = malloc(sizeof(*follower));
	FILE *file = tmpfile();
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), r;
	size_t n;

	ck_assert(follower && file);
	(void)fflush(stdout);
	(void)dup2(fileno(file), STDOUT_FILENO);
	(void)dup2(fileno(file), STDERR_FILENO);
	memset(&refusal, 0, sizeof(refusal));
	follower_init(follower, &host, uri, dry_run);
	r = what(follower, argument, &refusal);
	follower_finish(follower);
	(void)fflush(stdout);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(err, STDERR_FILENO);
	(void)close(out);
	(void)close(err);
	rewind(file);
	n = fread(printed, 1, sizeof(printed) - 1, file);
	printed[n] = '\0';
	(void)fclose(file);
	free(follower);
	return r;
}

static void expect(int r, const char *sentence)
{
	const char *said = r < 0 ? refusal.sentence : printed;

	ck_assert_msg(strstr(said, sentence) != NULL, "%d: %s", r, said);
}

static void sync_port(int result, const char *sentence)
{
	int r = call(follower_sync, "1-4", false);

	ck_assert_msg(r == result, "%d: %s%s", r, printed, refusal.sentence);
	expect(r, sentence);
}

static void unplug(void)
{
	remove_all(scratch.fd, "sys/bus/usb/devices/1-4");
	remove_all(scratch.fd, "sys/" DEVICE);
}

/* ---- attaching ---- */

START_TEST(test_attach)
{
	sync_port(0, "USB device '1-4' attached to domain 'gpuvm'\n");
	ck_assert_str_eq(asked, "attach gpuvm " HOSTDEV("1", "7") "\n");
	ck_assert(has_record("1 7 " UUID "\n"));
}
END_TEST

/* What is attached and detached is in the system's journal, whoever asked for it. */
START_TEST(test_log)
{
	static const struct {
		enum event_kind kind;
		const char *message;
	} kinds[] = {
		{ EVENT_USB_ATTACHED, "gpuvm: USB device '1-4' attached to it" },
		{ EVENT_USB_DETACHED, "gpuvm: USB device '1-4' detached from it" },
	};

	sync_port(0, "attached");
	put_domains(HOSTDEV("1", "7"), "");
	unplug();
	sync_port(0, "detached");
	ck_assert_uint_eq(caught_count(), 2);
	for (unsigned int i = 0; i < 2; i++) {
		const struct caught *line = caught_at(i);

		ck_assert_str_eq(line->message, kinds[i].message);
		ck_assert_str_eq(caught_value(line, "MESSAGE_ID", 0), event_kind_row(kinds[i].kind)->id);
		ck_assert_str_eq(caught_value(line, "GPU_HANDOFF_DOMAIN", 0), "gpuvm");
		ck_assert_str_eq(caught_value(line, "GPU_HANDOFF_UUID", 0), UUID);
		ck_assert_str_eq(caught_value(line, "GPU_HANDOFF_USB", 0), "1-4");
	}
}
END_TEST

/* What goes wrong on the way, and ends nothing, is there as well. */
START_TEST(test_log_complaint)
{
	fails = true;
	put_domains(HOSTDEV("1", "6"), "");
	put_record("1 6 " UUID "\n");
	sync_port(-ECANCELED, "cannot attach");
	ck_assert_uint_eq(caught_count(), 1);
	ck_assert_str_eq(caught_value(caught_at(0), "GPU_HANDOFF_EVENT", 0), "refused");
	ck_assert_ptr_nonnull(strstr(caught_at(0)->message, "1-4: usb refused: cannot detach"));
}
END_TEST

START_TEST(test_dry_run)
{
	ck_assert_int_eq(call(follower_sync, "1-4", true), 0);
	ck_assert_str_eq(printed, "USB device '1-4' would be attached to domain 'gpuvm'\n");
	ck_assert(has_record(NULL));
	put_domains(HOSTDEV("1", "7"), "");
	put_record("1 7 " UUID "\n");
	unplug();
	ck_assert_int_eq(call(follower_sync, "1-4", true), 0);
	ck_assert_str_eq(printed, "USB device '1-4' would be detached from domain 'gpuvm'\n");
	ck_assert(has_record("1 7 " UUID "\n"));
	ck_assert_str_eq(asked, "");
	ck_assert_uint_eq(caught_count(), 0);
}
END_TEST

/* It stays as it was, and the next one may do it. */
START_TEST(test_attach_fails)
{
	fails = true;
	sync_port(-ECANCELED, "cannot attach the USB device to domain 'gpuvm'");
	ck_assert(has_record(NULL));
}
END_TEST

/* libvirt may say so, and the domain have it all the same: it is not forgotten. */
START_TEST(test_attach_lies)
{
	fails = lies = true;
	sync_port(0, "attached to domain 'gpuvm'\n");
	ck_assert(has_record("1 7 " UUID "\n"));
}
END_TEST

START_TEST(test_attach_stops)
{
	stops = true;
	sync_port(0, "the domain has stopped meanwhile: nothing to do\n");
	ck_assert(has_record(NULL));
}
END_TEST

static const struct {
	const char *config, *own, *others, *class;
	int result;
	const char *sentence;
} left[] = {
	{ "[usb 1-4]\ndomain = gpuvm\n", HOSTDEV("1", "7"), "", "00", 0,
		"domain 'gpuvm' has USB device '1-4' already" },
	{ "[usb 1-4]\ndomain = gpuvm\n", "", HOSTDEV("1", "7"), "00", -ECANCELED,
		"domain 'work' has USB device '1-4'" },
	{ "[usb 1-4]\ndomain = gpuvm\n", "", "", "09", -ECANCELED, "is a hub" },
	{ "[usb 1-4]\ndomain = nobody\n", "", "", "00", -ECANCELED, "there is no domain 'nobody' at test://" },
	{ "[usb 1-5]\ndomain = gpuvm\n", "", "", "00", 0, "no section of /etc/gpu-handoff.conf" },
	{ "", "", "", "00", 0, "no section of /etc/gpu-handoff.conf" },
	{ "[usb 1-]\ndomain = gpuvm\n", "", "", "00", -ECANCELED, "/etc/gpu-handoff.conf" },
	{ "[holders]\nx = y\n[usb 1-4]\ndomain = gpuvm\n", "", "", "00", -ECANCELED, "'x' of [holders]" },
};

START_TEST(test_left)
{
	put_config(left[_i].config);
	put_domains(left[_i].own, left[_i].others);
	put_device("1-4", left[_i].class, "7");
	sync_port(left[_i].result, left[_i].sentence);
	ck_assert_str_eq(asked, "");
	ck_assert(has_record(NULL));
}
END_TEST

START_TEST(test_critical)
{
	put_directory(scratch.fd, "sys/" DEVICE "/1-4:1.0/host2/block/sda");
	put_link(scratch.fd, "sys/dev/block/8:0", "sys/" DEVICE "/1-4:1.0/host2/block/sda");
	put_text(scratch.fd, "proc/self/mountinfo", "22 1 8:0 / / rw,relatime shared:1 - ext4 /dev/x rw\n");
	sync_port(-ECANCELED, "holds '/', which is mounted");
	ck_assert_str_eq(asked, "");
}
END_TEST

#define DISK "sys/" DEVICE "/1-4:1.0/host2/block/sda"

static unsigned int n_claims;
static int claim;

static int answer_claim(const struct host *h, const char *path, dev_t number, int deadline_ms)
{
	(void)h;
	(void)path;
	(void)number;
	(void)deadline_ms;
	n_claims++;
	return claim;
}

static void put_disk(int answer)
{
	static struct kernel table;

	put_text(scratch.fd, DISK "/dev", "8:0\n");
	put_link(scratch.fd, DISK "/subsystem", "sys/class/block");
	put_directory(scratch.fd, DISK "/holders");
	table = *host.kernel;
	table.block_is_claimed = answer_claim;
	host.kernel = &table;
	n_claims = 0;
	claim = answer;
}

/* What is said of a disk, and what comes of it. */
static const struct {
	int answer, result;
	const char *sentence;
} claims[] = {
	{ 0, 0, "attached to domain 'gpuvm'" },
	{ 1, -ECANCELED, "USB device '1-4' holds 'sda', which is mounted or otherwise in use; the host lives on it" },
	{ KERNEL_STUCK, -ECANCELED,
		"cannot tell whether the host uses the disk of USB device '1-4': it does not answer" },
	{ -EPERM, -ECANCELED, "cannot tell whether the host uses the disk of USB device '1-4': Permission denied" },
};

START_TEST(test_claimed)
{
	put_disk(claims[_i].answer);
	sync_port(claims[_i].result, claims[_i].sentence);
	ck_assert_uint_eq(n_claims, 1);
	ck_assert_int_eq(asked[0] == '\0', claims[_i].result < 0);
	ck_assert(claims[_i].result == 0 || has_record(NULL));
}
END_TEST

/* Nobody's disks are opened but those of a device that is about to be attached. */
START_TEST(test_unclaimed)
{
	put_disk(1);
	put_config("[usb 1-5]\ndomain = gpuvm\n");
	ck_assert_int_eq(call(follower_attach_all, "gpuvm", false), 0);
	put_config("[usb 1-4]\ndomain = gpuvm\n");
	put_text(scratch.fd, "node.xml", "<node>%s</node>",
		"<domain type='test' "
		"xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>gpuvm</name><uuid>" UUID
		"</uuid><memory>8192</memory><os><type>hvm</type></os><test:runstate>5</test:runstate></domain>");
	sync_port(0, "does not run");
	ck_assert_uint_eq(n_claims, 0);
}
END_TEST

START_TEST(test_not_running)
{
	put_text(scratch.fd, "node.xml", "<node>%s</node>",
		"<domain type='test' "
		"xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>gpuvm</name><uuid>" UUID
		"</uuid><memory>8192</memory><os><type>hvm</type></os><test:runstate>5</test:runstate></domain>");
	sync_port(0, "domain 'gpuvm' does not run: nothing to do");
	ck_assert_int_eq(call(follower_attach_all, "gpuvm", false), 0);
	ck_assert_str_eq(printed, "the domain does not run: nothing to do\n");
	put_record("1 7 " UUID "\n");
	unplug();
	sync_port(0, "nothing to do");
	ck_assert(has_record(NULL));
	ck_assert_str_eq(asked, "");
}
END_TEST

START_TEST(test_no_libvirt)
{
	(void)snprintf(uri, sizeof(uri), "test:///nowhere/node.xml");
	sync_port(-ECANCELED, "libvirt does not answer at 'test:///nowhere/node.xml'");
	put_record("1 7 " UUID "\n");
	unplug();
	sync_port(-ECANCELED, "libvirt does not answer");
	ck_assert(has_record("1 7 " UUID "\n"));
}
END_TEST

/* Whatever it is called by becomes the name of a file. */
START_TEST(test_no_port)
{
	static const char *const names[] = { "", "..", "1-4/..", "usb1", "1-4:1.0", "1-4\n", "lock" };

	for (int i = 0; i < COUNT(names); i++) {
		ck_assert_int_eq(call(follower_sync, names[i], false), -ECANCELED);
		expect(-1, "is no port, such as 1-4.2");
	}
}
END_TEST

START_TEST(test_unreadable)
{
	put_device("1-4", "xx", "7");
	sync_port(-ECANCELED, "cannot tell what is plugged in at '1-4'");
}
END_TEST

/* The directory is there once something has been attached, and with it the lock. */
START_TEST(test_lock)
{
	struct stat st;

	ck_assert_int_eq(call(follower_sync, "1-4", true), 0);
	ck_assert_int_ne(fstatat(scratch.fd, "run/gpu-handoff", &st, 0), 0);
	sync_port(0, "attached to");
	ck_assert_int_eq(fstatat(scratch.fd, "run/gpu-handoff/usb/lock", &st, 0), 0);
	ck_assert_int_eq(fchmodat(scratch.fd, "run/gpu-handoff/usb", 0777, 0), 0);
	sync_port(-ECANCELED, "cannot lock '/run/gpu-handoff/usb/lock': Operation not permitted");
}
END_TEST

/* ---- what has gone ---- */

START_TEST(test_unplugged)
{
	put_domains(HOSTDEV("1", "7"), "");
	put_record("1 7 " UUID "\n");
	unplug();
	sync_port(0, "USB device '1-4' detached from domain 'gpuvm'\n");
	ck_assert_str_eq(asked, "detach gpuvm " HOSTDEV("1", "7") "\n");
	ck_assert(has_record(NULL));
	sync_port(0, "nothing is plugged in at '1-4', and no domain has what was: nothing to do");
}
END_TEST

/* Whether a section is still about it does not matter. */
START_TEST(test_unplugged_unset)
{
	put_config("");
	put_domains(HOSTDEV("1", "7"), "");
	put_record("1 7 " UUID "\n");
	unplug();
	sync_port(0, "detached from domain 'gpuvm'\n");
	ck_assert(has_record(NULL));
}
END_TEST

/* Once more for what is there already changes nothing. */
START_TEST(test_again)
{
	put_domains(HOSTDEV("1", "7"), "");
	put_record("1 7 " UUID "\n");
	sync_port(0, "domain 'gpuvm' has USB device '1-4' already");
	ck_assert_str_eq(asked, "");
	ck_assert(has_record("1 7 " UUID "\n"));
}
END_TEST

/* One run may be all there is of an unplug and a plug. */
START_TEST(test_replugged)
{
	put_domains(HOSTDEV("1", "6"), "");
	put_record("1 6 " UUID "\n");
	sync_port(0, "USB device '1-4' detached from domain 'gpuvm'\nUSB device '1-4' attached to domain 'gpuvm'\n");
	ck_assert_str_eq(asked, "detach gpuvm " HOSTDEV("1", "6") "\nattach gpuvm " HOSTDEV("1", "7") "\n");
	ck_assert(has_record("1 7 " UUID "\n"));
}
END_TEST

/* Another device, which is nobody's. */
START_TEST(test_replugged_other)
{
	put_config("");
	put_domains(HOSTDEV("1", "6"), "");
	put_record("1 6 " UUID "\n");
	sync_port(0, "USB device '1-4' detached from domain 'gpuvm'\nno section of ");
	ck_assert_str_eq(asked, "detach gpuvm " HOSTDEV("1", "6") "\n");
	ck_assert(has_record(NULL));
}
END_TEST

/* What is not known to be gone keeps nothing new out. */
START_TEST(test_replugged_damaged)
{
	put_record("nonsense\n");
	sync_port(0, "attached to domain 'gpuvm'\n");
	ck_assert(strstr(printed, "gpu-handoff: cannot use '/run/gpu-handoff/usb/1-4'"));
	ck_assert(has_record("1 7 " UUID "\n"));
}
END_TEST

/* What the domain has by its own XML, or has lost already, is let alone. */
START_TEST(test_unplugged_others)
{
	put_domains(HOSTDEV("1", "8"), HOSTDEV("1", "7"));
	put_record("1 7 " UUID "\n");
	unplug();
	sync_port(0, "nothing to do");
	ck_assert_str_eq(asked, "");
	ck_assert(has_record(NULL));
	put_record("1 7 4dea22b3-1d52-d8f3-2516-000000000009\n");
	sync_port(0, "nothing to do");
	ck_assert(has_record(NULL));
}
END_TEST

START_TEST(test_detach_fails)
{
	fails = true;
	put_domains(HOSTDEV("1", "7"), "");
	put_record("1 7 " UUID "\n");
	unplug();
	sync_port(-ECANCELED, "cannot detach the USB device from domain 'gpuvm'");
	ck_assert(has_record("1 7 " UUID "\n"));
	put_record("nonsense\n");
	sync_port(-ECANCELED, "cannot use '/run/gpu-handoff/usb/1-4'");
}
END_TEST

/* ---- all of a domain ---- */

START_TEST(test_all)
{
	put_config("[usb 1-4]\ndomain = gpuvm\n[usb 1-5]\ndomain = work\n[usb 1-6]\ndomain = gpuvm\n");
	put_device("1-5", "00", "8");
	put_device("1-6", "00", "9");
	put_device("1-7", "00", "10");
	ck_assert_int_eq(call(follower_attach_all, UUID, false), 0);
	ck_assert(strstr(asked, "attach gpuvm " HOSTDEV("1", "7")) && strstr(asked, "attach gpuvm " HOSTDEV("1", "9")));
	ck_assert(!strstr(asked, "work") && !strstr(asked, "'10'"));
}
END_TEST

/* One that is refused keeps no other. */
START_TEST(test_all_but_one)
{
	put_config("[usb 046d:c52b]\ndomain = gpuvm\n");
	put_device("1-5", "09", "8");
	put_device("1-6", "00", "9");
	ck_assert_int_eq(call(follower_attach_all, "gpuvm", false), -ECANCELED);
	expect(-1, "not all USB devices that are to follow the domain are attached to it");
	expect(0, "gpu-handoff: USB device '1-5' is a hub");
	ck_assert(strstr(asked, HOSTDEV("1", "7")) && strstr(asked, HOSTDEV("1", "9")));
	ck_assert_int_eq(call(follower_attach_all, "nobody", false), -ECANCELED);
	expect(-1, "there is no domain 'nobody'");
}
END_TEST

TCase *case_usb_follow(void)
{
	TCase *tcase = suite_case("usb_follow");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_attach);
	tcase_add_test(tcase, test_log);
	tcase_add_test(tcase, test_log_complaint);
	tcase_add_test(tcase, test_dry_run);
	tcase_add_test(tcase, test_attach_fails);
	tcase_add_test(tcase, test_attach_lies);
	tcase_add_test(tcase, test_attach_stops);
	add_rows(tcase, test_left, left);
	tcase_add_test(tcase, test_critical);
	add_rows(tcase, test_claimed, claims);
	tcase_add_test(tcase, test_unclaimed);
	tcase_add_test(tcase, test_not_running);
	tcase_add_test(tcase, test_no_libvirt);
	tcase_add_test(tcase, test_no_port);
	tcase_add_test(tcase, test_unreadable);
	tcase_add_test(tcase, test_lock);
	tcase_add_test(tcase, test_unplugged);
	tcase_add_test(tcase, test_unplugged_unset);
	tcase_add_test(tcase, test_again);
	tcase_add_test(tcase, test_replugged);
	tcase_add_test(tcase, test_replugged_other);
	tcase_add_test(tcase, test_replugged_damaged);
	tcase_add_test(tcase, test_unplugged_others);
	tcase_add_test(tcase, test_detach_fails);
	tcase_add_test(tcase, test_all);
	tcase_add_test(tcase, test_all_but_one);
	return tcase;
}
