// SPDX-License-Identifier: GPL-2.0-or-later
/* What is remembered of USB devices that were attached, and what is done for a domain that has started. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/usb_record.h"
#include "tests/support/machine.h"
#include "tests/unit/apply/apply.h"

#define UUID "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
#define FILE "run/gpu-handoff/usb/1-4.2"

static struct machine machine;
static const struct usb_record record = { .bus = 1, .number = 17, .uuid = UUID };

static void set_up(void)
{
	machine_start(&machine, NULL, 0);
}

static void tear_down(void)
{
	machine_stop(&machine);
}

static const struct {
	const char *text;
	bool fits;
} texts[] = {
	{ "1 17 " UUID "\n", true },
	{ "65535 65535 " UUID "\n", true },
	{ "", false },
	{ "\n", false },
	{ "1 17 " UUID, false },
	{ "1 17 " UUID "\n\n", false },
	{ "1 17 " UUID " \n", false },
	{ "1  17 " UUID "\n", false },
	{ "1 17\n", false },
	{ "1\n", false },
	{ "-1 17 " UUID "\n", false },
	{ "65536 17 " UUID "\n", false },
	{ "1 x " UUID "\n", false },
	{ "1 17 4DEA22B3-1d52-d8f3-2516-782e98ab3fa0\n", false },
	{ "1 17 4dea22b31d52d8f32516782e98ab3fa0----\n", false },
	{ "1 17 ../../../../../../../../../../../../x\n", false },
};

START_TEST(test_parse)
{
	struct usb_record read = { .bus = 99 };
	int r = usb_record_parse(texts[_i].text, &read);

	ck_assert_msg(r == (texts[_i].fits ? 0 : -EBADMSG), "'%s': %d", texts[_i].text, r);
	ck_assert_uint_eq(read.bus == 99, !texts[_i].fits);
}
END_TEST

START_TEST(test_record)
{
	struct usb_record read, other = record;
	char *text;

	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), -ENOENT);
	ck_assert_int_eq(usb_record_remove(&machine.host, "1-4.2"), 0);
	ck_assert_int_eq(usb_record_put(&machine.host, "1-4.2", &record), 0);
	text = get_text(machine.scratch.fd, FILE);
	ck_assert_str_eq(text, "1 17 " UUID "\n");
	free(text);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4", &read), -ENOENT);
	other.number = 18;
	ck_assert_int_eq(usb_record_put(&machine.host, "1-4.2", &other), 0);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), 0);
	ck_assert_uint_eq(read.bus, 1);
	ck_assert_uint_eq(read.number, 18);
	ck_assert_str_eq(read.uuid, UUID);
	ck_assert_int_eq(usb_record_put(&machine.host, "1-5", &other), 0);
	ck_assert_int_eq(usb_record_remove(&machine.host, "1-4.2"), 0);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), -ENOENT);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-5", &read), 0);
}
END_TEST

/* What others may have put there is neither followed nor believed. */
START_TEST(test_foreign)
{
	struct usb_record read;

	put_text(machine.scratch.fd, "run/elsewhere", "1 17 " UUID "\n");
	ck_assert_int_eq(usb_record_put(&machine.host, "1-4.2", &record), 0);
	ck_assert_int_eq(fchmodat(machine.scratch.fd, FILE, 0666, 0), 0);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), -EPERM);
	remove_all(machine.scratch.fd, FILE);
	put_link(machine.scratch.fd, FILE, "run/elsewhere");
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), -EPERM);
	ck_assert_int_eq(usb_record_put(&machine.host, "1-4.2", &record), 0);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), 0);
	ck_assert_int_eq(fchmodat(machine.scratch.fd, "run/gpu-handoff/usb", 0777, 0), 0);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), -EPERM);
	ck_assert_int_eq(usb_record_put(&machine.host, "1-4.2", &record), -EPERM);
}
END_TEST

/* Too long, and with a NUL in it. */
START_TEST(test_damaged)
{
	struct usb_record read;
	char bytes[256];
	size_t size = (size_t)snprintf(bytes, sizeof(bytes), "1 17 " UUID "\n%*s", 100, "");

	ck_assert_int_eq(usb_record_put(&machine.host, "1-4.2", &record), 0);
	put_bytes(machine.scratch.fd, FILE, bytes, size);
	ck_assert_int_eq(fchmodat(machine.scratch.fd, FILE, 0600, 0), 0);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), -EBADMSG);
	put_bytes(machine.scratch.fd, FILE, "1 17 " UUID "\n\0x", 44);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-4.2", &read), -EBADMSG);
}
END_TEST

/* The unit for a domain that USB devices follow. */
START_TEST(test_start)
{
	struct domain domain = { .name = "gpuvm", .uuid = UUID };

	put_text(machine.scratch.fd, "etc/gpu-handoff.conf", "[usb 1-4.2]\ndomain = gpuvm\n");
	host_close(&machine.host);
	ck_assert_int_eq(host_open(machine.scratch.path, &machine.host), 0);
	fake_manager_install(&machine.manager, &machine.host);
	fake_manager_set_active(&machine.host, "gpu-handoff-usb-all@" UUID ".service", false);
	ck_assert(handover_is_followed(&machine.host, "gpuvm"));
	ck_assert(!handover_is_followed(&machine.host, "gpu"));
	handover_start_usb(machine.handover, &domain);
	ck_assert_str_eq(fake_manager_log(&machine.host), "start gpu-handoff-usb-all@" UUID ".service");
	ck_assert_str_eq(machine.notes, "");
	machine.manager.cannot_start = "gpu-handoff-usb-all@" UUID ".service";
	handover_start_usb(machine.handover, &domain);
	ck_assert_msg(strstr(machine.notes, "gpuvm: cannot give it the USB devices that follow it") != NULL, "%s",
		machine.notes);
	domain.uuid[0] = '\0';
	(void)fake_manager_log(&machine.host);
	handover_start_usb(machine.handover, &domain);
	ck_assert_str_eq(fake_manager_log(&machine.host), "");
}
END_TEST

/* What a domain had goes with it; what another one has stays. */
START_TEST(test_stopped)
{
	const struct domain domain = { .name = "gpuvm", .uuid = UUID };
	struct usb_record read, other = record;

	other.uuid[0] = '0';
	handover_forget_usb(machine.handover, &domain);
	ck_assert_int_eq(usb_record_put(&machine.host, "1-1", &record), 0);
	ck_assert_int_eq(usb_record_put(&machine.host, "1-2", &other), 0);
	ck_assert_int_eq(usb_record_put(&machine.host, "1-3", &record), 0);
	handover_forget_usb(machine.handover, &domain);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-1", &read), -ENOENT);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-2", &read), 0);
	ck_assert_int_eq(usb_record_get(&machine.host, "1-3", &read), -ENOENT);
}
END_TEST

TCase *case_usb(void)
{
	TCase *tcase = suite_case("usb");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, test_parse, texts);
	tcase_add_test(tcase, test_record);
	tcase_add_test(tcase, test_foreign);
	tcase_add_test(tcase, test_damaged);
	tcase_add_test(tcase, test_start);
	tcase_add_test(tcase, test_stopped);
	return tcase;
}
