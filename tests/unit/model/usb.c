// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/usb.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/model/model.h"

static struct usb_settings settings;

static const struct {
	const char *text;
	int expected;
	bool by_port;
} keys[] = {
	{ "046d:c52b", 0, false },
	{ "046D:C52B", 0, false },
	{ "1-4", 0, true },
	{ "1-4.2", 0, true },
	{ "12-14.1.2.3.4.5", 0, true },
	{ "65535-255", 0, true },
	{ "", -EINVAL, false },
	{ "1", -EINVAL, false },
	{ "usb1", -EINVAL, false },
	{ "1-", -EINVAL, false },
	{ "-4", -EINVAL, false },
	{ "1-4.", -EINVAL, false },
	{ "1-.2", -EINVAL, false },
	{ "1-4..2", -EINVAL, false },
	{ "1-4:1.0", -EINVAL, false },
	{ "0-1", -EINVAL, false },
	{ "1-0", -EINVAL, false },
	{ "1-04", -EINVAL, false },
	{ "65536-1", -EINVAL, false },
	{ "1-256", -EINVAL, false },
	{ "1-1.2.3.4.5.6.7", -EINVAL, false },
	{ "1-4.2 ", -EINVAL, false },
	{ " 1-4.2", -EINVAL, false },
	{ "1-4/2", -EINVAL, false },
	{ "046d", -EINVAL, false },
	{ "46d:c52b", -EINVAL, false },
	{ "046d:c52b:1", -EINVAL, false },
	{ "11111111111111111111111111111111-1", -EINVAL, false },
};

START_TEST(test_key)
{
	struct usb_setting setting = { .vendor = 1 };

	ck_assert_int_eq(usb_setting_parse_key(keys[_i].text, &setting), keys[_i].expected);
	if (keys[_i].expected < 0) {
		ck_assert_uint_eq(setting.vendor, 1);
		return;
	}
	ck_assert_int_eq(setting.by_port, keys[_i].by_port);
	ck_assert_str_eq(setting.port, keys[_i].by_port ? keys[_i].text : "");
	ck_assert_uint_eq(setting.vendor, keys[_i].by_port ? 0 : 0x046d);
	ck_assert_uint_eq(setting.product, keys[_i].by_port ? 0 : 0xc52b);
	ck_assert_str_eq(setting.domain, "");
}
END_TEST

static const struct {
	const char *name;
	int expected;
} names[] = {
	{ "gpuvm", 0 },
	{ "a b", 0 },
	{ "\xc3\xa4", 0 },
	{ "", -EINVAL },
	{ "a/b", -EINVAL },
	{ "a\nb", -EINVAL },
	{ "\x1b[2J", -EINVAL },
	{ "a\x7f", -EINVAL },
};

START_TEST(test_domain)
{
	struct usb_setting setting = { .vendor = 1 };

	ck_assert_int_eq(usb_setting_set_domain(&setting, names[_i].name), names[_i].expected);
	ck_assert_str_eq(setting.domain, names[_i].expected ? "" : names[_i].name);
}
END_TEST

START_TEST(test_domain_long)
{
	char name[USB_DOMAIN_SIZE + 1];
	struct usb_setting setting;

	memset(name, 'n', sizeof(name));
	name[USB_DOMAIN_SIZE] = '\0';
	ck_assert_int_eq(usb_setting_set_domain(&setting, name), -EINVAL);
	name[USB_DOMAIN_SIZE - 1] = '\0';
	ck_assert_int_eq(usb_setting_set_domain(&setting, name), 0);
	ck_assert_str_eq(setting.domain, name);
}
END_TEST

static void add(const char *key)
{
	ck_assert_int_eq(usb_setting_parse_key(key, &settings.usbs[settings.n_usbs++]), 0);
}

START_TEST(test_find)
{
	struct usb_device device = { .port = "1-4.2", .vendor = 0x046d, .product = 0xc52b };

	settings.n_usbs = 0;
	ck_assert_ptr_null(usb_settings_find(&settings, &device));
	add("046d:c52c");
	add("1-4");
	add("1-4.21");
	ck_assert_ptr_null(usb_settings_find(&settings, &device));
	/* By its ids; its port comes first, wherever that stands. */
	add("046d:c52b");
	ck_assert_ptr_eq(usb_settings_find(&settings, &device), &settings.usbs[3]);
	add("1-4.2");
	ck_assert_ptr_eq(usb_settings_find(&settings, &device), &settings.usbs[4]);
	/* A port has no ids, and ids no port. */
	device = (struct usb_device){ .port = "" };
	ck_assert_ptr_null(usb_settings_find(&settings, &device));
}
END_TEST

START_TEST(test_same_key)
{
	struct usb_setting a, b;

	ck_assert_int_eq(usb_setting_parse_key("046d:c52b", &a), 0);
	ck_assert_int_eq(usb_setting_parse_key("046D:C52B", &b), 0);
	ck_assert(usb_setting_same_key(&a, &b));
	ck_assert_int_eq(usb_setting_parse_key("046d:c52c", &b), 0);
	ck_assert(!usb_setting_same_key(&a, &b));
	ck_assert_int_eq(usb_setting_parse_key("1-4", &a), 0);
	ck_assert(!usb_setting_same_key(&a, &b));
	ck_assert_int_eq(usb_setting_parse_key("1-4.2", &b), 0);
	ck_assert(!usb_setting_same_key(&a, &b));
}
END_TEST

TCase *case_usb(void)
{
	TCase *tcase = suite_case("usb");

	add_rows(tcase, test_key, keys);
	add_rows(tcase, test_domain, names);
	tcase_add_test(tcase, test_domain_long);
	tcase_add_test(tcase, test_find);
	tcase_add_test(tcase, test_same_key);
	return tcase;
}
