// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/address.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "tests/unit/model/model.h"

static const struct {
	const char *text, *canonical;
} good[] = {
	{ "0000:01:00.0", "0000:01:00.0" },
	{ "01:00.0", "0000:01:00.0" },
	{ "0000:ff:1f.7", "0000:ff:1f.7" },
	{ "ABCD:EF:1A.5", "abcd:ef:1a.5" },
	{ "10000:e1:00.0", "10000:e1:00.0" },
	{ "ffffffff:ff:1f.7", "ffffffff:ff:1f.7" },
	{ "00000001:00:00.0", "0001:00:00.0" },
};

START_TEST(test_good)
{
	struct address a = { 0 }, b;

	ck_assert_int_eq(address_parse(good[_i].text, &a), 0);
	ck_assert_str_eq(address_text(a).s, good[_i].canonical);
	ck_assert_int_eq(address_parse(address_text(a).s, &b), 0);
	ck_assert_int_eq(address_compare(a, b), 0);
}
END_TEST

static const char *const bad[] = {
	"",
	":",
	".",
	"0000",
	"0000:01",
	"0000:01:00",
	"0000:01:00.",
	"0000:01:00.8",
	"0000:01:00.00",
	"0000:01:20.0",
	"0000:100:00.0",
	"0000:1:00.0",
	"0000:01:0.0",
	"000:01:00.0",
	"0:01:00.0",
	"123456789:01:00.0",
	":01:00.0",
	"0000::00.0",
	"0000:01:.0",
	"0000:01:00:0",
	"0000.01.00.0",
	"0000:01:00.0 ",
	" 0000:01:00.0",
	"0000:01:00.0\n",
	"0000:01:00.0x",
	"0x00:01:00.0",
	"-001:01:00.0",
	"+001:01:00.0",
	"000g:01:00.0",
	"0000:0g:00.0",
	"0000:01:0g.0",
	"0000:01:00.g",
	"0000:01:00.-1",
	"0000:0000:01:00.0",
	"01:00",
	"1:00.0",
	"001:00.0",
	"01:00.0.0",
	"../../../../etc/passwd",
	"0000:01:00.0/../x",
	"\xff\xff:\xff.\xff",
};

START_TEST(test_bad)
{
	struct address a = { 1, 2, 3, 4 };

	ck_assert_int_eq(address_parse(bad[_i], &a), -EINVAL);
	ck_assert_str_eq(address_text(a).s, "0001:02:03.4");
}
END_TEST

/* Every slot and function of some buses, there and back, in the order of their text. */
START_TEST(test_round_trip)
{
	struct address last = { 0 };
	bool first = true;

	for (unsigned int bus = 0; bus < 256; bus += 51) {
		for (unsigned int slot = 0; slot < 32; slot++) {
			for (unsigned int function = 0; function < SLOT_FUNCTIONS; function++) {
				struct address a = { 0xa, (uint8_t)bus, (uint8_t)slot, (uint8_t)function }, b;

				ck_assert_int_eq(address_parse(address_text(a).s, &b), 0);
				ck_assert_int_eq(address_compare(a, b), 0);
				ck_assert(first || address_compare(last, a) < 0);
				ck_assert(first || strcmp(address_text(last).s, address_text(a).s) < 0);
				last = a;
				first = false;
			}
		}
	}
}
END_TEST

/* A long text with any one byte changed is an address or is refused, and says itself again when it is one. */
START_TEST(test_every_byte)
{
	static const char whole[] = "10000:e1:1f.7";
	unsigned int accepted = 0;

	for (size_t i = 0; i < strlen(whole); i++) {
		for (unsigned int c = 1; c < 256; c++) {
			char text[sizeof(whole)];
			struct address a;

			memcpy(text, whole, sizeof(text));
			text[i] = (char)c;
			if (address_parse(text, &a) < 0)
				continue;
			accepted++;
			for (char *t = text; *t; t++)
				*t = (char)tolower(*t);
			/* A domain of five digits whose first is 0 is said in four. */
			ck_assert_str_eq(address_text(a).s, text[0] == '0' ? text + 1 : text);
		}
	}
	/* Seven hexadecimal digits of 22 each, slot 1f: 2 and 22, function: 8, and the three separators themselves. */
	ck_assert_uint_eq(accepted, 7 * 22 + 2 + 22 + 8 + 3);
}
END_TEST

static const struct {
	struct address a, b;
	int order;
	bool same_slot;
} pairs[] = {
	{ { 0, 1, 0, 0 }, { 0, 1, 0, 0 }, 0, true },
	{ { 0, 1, 0, 0 }, { 0, 1, 0, 1 }, -1, true },
	{ { 0, 1, 0, 7 }, { 0, 1, 1, 0 }, -1, false },
	{ { 0, 1, 31, 7 }, { 0, 2, 0, 0 }, -1, false },
	{ { 0, 255, 31, 7 }, { 1, 0, 0, 0 }, -1, false },
	{ { 0xffffffff, 0, 0, 0 }, { 0xfffffffe, 255, 31, 7 }, 1, false },
	{ { 1, 1, 0, 0 }, { 2, 1, 0, 0 }, -1, false },
};

START_TEST(test_compare)
{
	ck_assert_int_eq(address_compare(pairs[_i].a, pairs[_i].b), pairs[_i].order);
	ck_assert_int_eq(address_compare(pairs[_i].b, pairs[_i].a), -pairs[_i].order);
	ck_assert_int_eq(address_same_slot(pairs[_i].a, pairs[_i].b), pairs[_i].same_slot);
}
END_TEST

TCase *case_address(void)
{
	TCase *tcase = suite_case("address");

	add_rows(tcase, test_good, good);
	add_rows(tcase, test_bad, bad);
	tcase_add_test(tcase, test_round_trip);
	tcase_add_test(tcase, test_every_byte);
	add_rows(tcase, test_compare, pairs);
	return tcase;
}
