// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/mode.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/model/model.h"

static struct card_settings settings;
static struct inventory inventory;

static const struct {
	const char *name;
	int expected;
	enum card_mode mode;
} modes[] = {
	{ "shared", 0, MODE_SHARED },
	{ "kept-free", 0, MODE_KEPT_FREE },
	{ "reserved", 0, MODE_RESERVED },
	{ "", -EINVAL, MODE_SHARED },
	{ "Reserved", -EINVAL, MODE_SHARED },
	{ "kept free", -EINVAL, MODE_SHARED },
	{ "kept_free", -EINVAL, MODE_SHARED },
	{ "reserve", -EINVAL, MODE_SHARED },
};

START_TEST(test_mode)
{
	enum card_mode mode = MODE_SHARED;

	ck_assert_int_eq(card_mode_parse(modes[_i].name, &mode), modes[_i].expected);
	ck_assert_int_eq(mode, modes[_i].mode);
	if (modes[_i].expected == 0)
		ck_assert_str_eq(card_mode_name(mode), modes[_i].name);
}
END_TEST

static const struct {
	const char *text;
	int key; /* -1: it is none */
	const char *path;
} keys[] = {
	{ "0000:01:00.0", KEY_ADDRESS, "" },
	{ "01:00.0", KEY_ADDRESS, "" },
	{ "10000:E1:00.0", KEY_ADDRESS, "" },
	{ "0000:00:01.0/00.0", KEY_PATH, "0000:00:01.0/00.0" },
	{ "0000:00:1C.0/00.0", KEY_PATH, "0000:00:1c.0/00.0" },
	{ "10de:1f08", KEY_IDS, "" },
	{ "10DE:1F08", KEY_IDS, "" },
	{ "", -1, "" },
	{ "10de", -1, "" },
	{ "10de:", -1, "" },
	{ ":1f08", -1, "" },
	{ "10de:1f0", -1, "" },
	{ "10de:1f080", -1, "" },
	{ "0x10de:0x1f08", -1, "" },
	{ "10de-1f08", -1, "" },
	{ "10de:1f08 ", -1, "" },
	{ "10de:1fg8", -1, "" },
	{ "+0de:1f08", -1, "" },
	{ "0000:01:00", -1, "" },
	{ "0000:01:00.*", -1, "" },
	{ "card0", -1, "" },
};

START_TEST(test_key)
{
	struct card_setting setting = { .vendor = 1 };
	int r = card_setting_parse_key(keys[_i].text, &setting);

	if (keys[_i].key < 0) {
		ck_assert_int_eq(r, -EINVAL);
		ck_assert_uint_eq(setting.vendor, 1);
		return;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq((int)setting.key, keys[_i].key);
	ck_assert_str_eq(setting.path.s, keys[_i].path);
	ck_assert(setting.mode == MODE_SHARED && !setting.for_kvm);
	if (setting.key == KEY_IDS)
		ck_assert(setting.vendor == 0x10de && setting.device == 0x1f08);
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "0000:01:00.0", "01:00.0", true },
	{ "0000:01:00.0", "0000:01:00.1", false },
	{ "0000:00:1c.0/00.0", "00:1C.0/00.0", true },
	{ "0000:00:1c.0/00.0", "0000:00:1c.0/00.1", false },
	{ "10de:1f08", "10DE:1F08", true },
	{ "10de:1f08", "10de:1f09", false },
	{ "10de:1f08", "10df:1f08", false },
	{ "10de:1f08", "0000:01:00.0", false },
};

START_TEST(test_same_key)
{
	struct card_setting a, b;

	ck_assert_int_eq(card_setting_parse_key(pairs[_i].a, &a), 0);
	ck_assert_int_eq(card_setting_parse_key(pairs[_i].b, &b), 0);
	ck_assert_int_eq(card_setting_same_key(&a, &b), pairs[_i].same);
	ck_assert_int_eq(card_setting_same_key(&b, &a), pairs[_i].same);
}
END_TEST

/* A card of two functions, its twin, and another; a stranger has the ids of the other. */
static const struct {
	const char *address, *path;
	uint32_t class_code;
	uint16_t vendor, device;
} functions[] = {
	{ "0000:01:00.0", "0000:00:01.0/00.0", 0x030000, 0x10de, 0x1f08 },
	{ "0000:01:00.1", "0000:00:01.0/00.1", 0x040300, 0x10de, 0x10f9 },
	{ "0000:02:00.0", "0000:00:02.0/00.0", 0x030000, 0x10de, 0x1f08 },
	{ "0000:03:00.0", "0000:00:03.0/00.0", 0x030000, 0x1002, 0x73bf },
	{ "0000:04:00.0", "", 0x020000, 0x1002, 0x73bf },
	{ "0000:05:00.0", "", 0x030000, 0x8086, 0x56a0 },
};

static void fill_inventory(void)
{
	inventory.n_functions = 0;
	for (int i = 0; i < COUNT(functions); i++) {
		struct function function = {
			.class_code = functions[i].class_code,
			.vendor = functions[i].vendor,
			.device = functions[i].device,
			.iommu_group = i,
		};

		ck_assert_int_eq(address_parse(functions[i].address, &function.address), 0);
		(void)strcpy(function.slot_path.s, functions[i].path);
		ck_assert_int_eq(inventory_put(&inventory, &function), 0);
	}
}

/* Up to two sections, and what they say of a card: the index of the setting that is found, or less. */
static const struct {
	const char *first, *second, *card;
	int expected;
} finds[] = {
	{ NULL, NULL, "0000:01:00.0", -1 },
	{ "0000:01:00.0", NULL, "0000:01:00.0", 0 },
	{ "0000:01:00.1", NULL, "0000:01:00.0", 0 },
	{ "0000:01:00.2", NULL, "0000:01:00.0", -1 },
	{ "0000:01:00.0", NULL, "0000:02:00.0", -1 },
	{ "0000:01:00.0", "0000:02:00.0", "0000:02:00.0", 1 },
	{ "0000:00:01.0/00.0", NULL, "0000:01:00.0", 0 },
	{ "0000:00:01.0/00.1", NULL, "0000:01:00.0", 0 },
	{ "0000:00:01.0/00.0", NULL, "0000:03:00.0", -1 },
	{ "0000:01:00.0", NULL, "0000:05:00.0", -1 },
	{ "0000:00:01.0/00.0", NULL, "0000:05:00.0", -1 },
	{ "8086:56a0", NULL, "0000:05:00.0", 0 },
	/* What is no card does not make ids ambiguous, nor do those of another function of the card. */
	{ "1002:73bf", NULL, "0000:03:00.0", 0 },
	{ "10de:10f9", NULL, "0000:01:00.0", -1 },
	{ "10de:1f08", NULL, "0000:01:00.0", -ENOTUNIQ },
	{ "10de:1f08", NULL, "0000:02:00.0", -ENOTUNIQ },
	{ "10de:1f08", NULL, "0000:03:00.0", -1 },
	{ "0000:01:00.0", "0000:01:00.1", "0000:01:00.0", -EEXIST },
	{ "0000:01:00.0", "0000:00:01.0/00.0", "0000:01:00.0", -EEXIST },
	{ "0000:01:00.0", "10de:1f08", "0000:01:00.0", -EEXIST },
	{ "0000:01:00.0", "10de:1f08", "0000:02:00.0", -ENOTUNIQ },
};

START_TEST(test_find)
{
	const char *const sections[] = { finds[_i].first, finds[_i].second };
	const struct card_setting *found = NULL;
	struct address address;
	static struct card card;
	int r;

	fill_inventory();
	settings.n_cards = 0;
	for (int i = 0; i < COUNT(sections) && sections[i]; i++)
		ck_assert_int_eq(card_setting_parse_key(sections[i], &settings.cards[settings.n_cards++]), 0);
	ck_assert_int_eq(address_parse(finds[_i].card, &address), 0);
	ck_assert(card_find(&inventory, address, &card));
	r = card_settings_find(&settings, &inventory, &card, &found);
	if (finds[_i].expected < 0) {
		ck_assert_int_eq(r, finds[_i].expected == -1 ? 0 : finds[_i].expected);
		ck_assert_ptr_null(found);
	} else {
		ck_assert_int_eq(r, 1);
		ck_assert_ptr_eq(found, &settings.cards[finds[_i].expected]);
	}
}
END_TEST

START_TEST(test_want_all)
{
	settings.n_cards = 0;
	ck_assert(!card_settings_want_all(&settings));
	ck_assert_int_eq(card_setting_parse_key("0000:01:00.0", &settings.cards[settings.n_cards++]), 0);
	ck_assert_int_eq(card_setting_parse_key("0000:00:01.0/00.0", &settings.cards[settings.n_cards++]), 0);
	ck_assert(!card_settings_want_all(&settings));
	ck_assert_int_eq(card_setting_parse_key("10de:1f08", &settings.cards[settings.n_cards++]), 0);
	ck_assert(card_settings_want_all(&settings));
}
END_TEST

TCase *case_mode(void)
{
	TCase *tcase = suite_case("mode");

	add_rows(tcase, test_mode, modes);
	add_rows(tcase, test_key, keys);
	add_rows(tcase, test_same_key, pairs);
	add_rows(tcase, test_find, finds);
	tcase_add_test(tcase, test_want_all);
	return tcase;
}
