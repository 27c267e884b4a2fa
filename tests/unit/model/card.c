// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/card.h"

#include <string.h>

#include "tests/unit/model/model.h"

#define FUNCTIONS_MAX 6

static struct inventory inventory;
static struct card card;

/* A machine in a line a function, and what its first function, the gpu, makes a card. */
static const struct {
	const char *what;
	struct {
		struct address address;
		uint32_t class_code;
		uint16_t vendor, device;
		int group;
		bool is_virtual;
	} functions[FUNCTIONS_MAX];
	enum card_kind kind;
	enum card_isolation isolation;
	unsigned int n_functions, n_groups, n_extra, n_bridges;
} rows[] = {
	{ "a card of four functions",
		{ { { 0, 1, 0, 0 }, 0x030000, 0x10de, 0x1f08, 14, 0 },
			{ { 0, 1, 0, 1 }, 0x040300, 0x10de, 0x10f9, 14, 0 },
			{ { 0, 1, 0, 2 }, 0x0c0330, 0x10de, 0x1ada, 14, 0 },
			{ { 0, 1, 0, 3 }, 0x0c8000, 0x10de, 0x1adb, 14, 0 },
			{ { 0, 2, 0, 0 }, 0x010802, 0x144d, 1, 15, 0 } },
		CARD_DISCRETE, ISOLATION_ISOLATED, 4, 1, 0, 0 },
	{ "a 3D controller alone, without groups", { { { 0, 1, 0, 0 }, 0x030200, 0x10de, 0x1c20, -1, 0 } },
		CARD_DISCRETE, ISOLATION_UNKNOWN, 1, 0, 0, 0 },
	{ "a bridge in its group does not hinder",
		{ { { 0, 1, 0, 0 }, 0x030000, 0x10de, 0x1b80, 1, 0 },
			{ { 0, 0, 1, 0 }, 0x060400, 0x8086, 0x1901, 1, 0 } },
		CARD_DISCRETE, ISOLATION_ISOLATED, 1, 1, 0, 1 },
	{ "a stranger in its group does",
		{ { { 0, 1, 0, 0 }, 0x030000, 0x10de, 0x1b80, 1, 0 },
			{ { 0, 2, 0, 0 }, 0x020000, 0x8086, 0x15b8, 1, 0 } },
		CARD_DISCRETE, ISOLATION_SHARED, 1, 1, 1, 0 },
	{ "functions in groups of their own",
		{ { { 0, 9, 0, 0 }, 0x030000, 0x1002, 0x73bf, 31, 0 },
			{ { 0, 9, 0, 1 }, 0x040300, 0x1002, 0xab28, 30, 0 } },
		CARD_DISCRETE, ISOLATION_ISOLATED, 2, 2, 0, 0 },
	{ "one function without a group",
		{ { { 0, 9, 0, 0 }, 0x030000, 0x1002, 0x73bf, 31, 0 },
			{ { 0, 9, 0, 1 }, 0x040300, 0x1002, 0xab28, -1, 0 } },
		CARD_DISCRETE, ISOLATION_UNKNOWN, 2, 1, 0, 0 },
	{ "Intel's own", { { { 0, 0, 2, 0 }, 0x030000, 0x8086, 0x4c8a, 0, 0 } }, CARD_INTEGRATED, ISOLATION_ISOLATED, 1,
		1, 0, 0 },
	{ "Intel's card is none", { { { 0, 3, 0, 0 }, 0x030000, 0x8086, 0x56a0, 20, 0 } }, CARD_DISCRETE,
		ISOLATION_ISOLATED, 1, 1, 0, 0 },
	{ "an old APU", { { { 0, 0, 1, 0 }, 0x030000, 0x1002, 0x9996, 1, 0 } }, CARD_INTEGRATED, ISOLATION_ISOLATED, 1,
		1, 0, 0 },
	{ "a new APU: the platform stays",
		{ { { 0, 5, 0, 0 }, 0x030000, 0x1002, 0x1638, 9, 0 },
			{ { 0, 5, 0, 1 }, 0x040300, 0x1002, 0x1637, 9, 0 },
			{ { 0, 5, 0, 2 }, 0x108000, 0x1022, 0x15df, 9, 0 },
			{ { 0, 5, 0, 3 }, 0x0c0330, 0x1022, 0x1639, 9, 0 },
			{ { 0, 5, 0, 6 }, 0x040300, 0x1022, 0x15e3, 9, 0 } },
		CARD_INTEGRATED, ISOLATION_SHARED, 2, 1, 3, 0 },
	{ "ASPEED", { { { 0, 6, 0, 0 }, 0x030000, 0x1a03, 0x2000, 8, 0 } }, CARD_BMC, ISOLATION_ISOLATED, 1, 1, 0, 0 },
	{ "Matrox of a server", { { { 0, 6, 0, 0 }, 0x030000, 0x102b, 0x0536, 8, 0 } }, CARD_BMC, ISOLATION_ISOLATED, 1,
		1, 0, 0 },
	{ "Matrox of a desktop", { { { 0, 6, 0, 0 }, 0x030000, 0x102b, 0x0525, 8, 0 } }, CARD_DISCRETE,
		ISOLATION_ISOLATED, 1, 1, 0, 0 },
	{ "a virtual function stands alone among its twins",
		{ { { 0, 0x8c, 3, 1 }, 0x030200, 0x10de, 0x2bb5, 5, 1 },
			{ { 0, 0x8c, 3, 2 }, 0x030200, 0x10de, 0x2bb5, 6, 1 },
			{ { 0, 0x8c, 0, 0 }, 0x030200, 0x10de, 0x2bb5, 4, 0 } },
		CARD_VF, ISOLATION_ISOLATED, 1, 1, 0, 0 },
	{ "AMD's accelerator", { { { 0, 3, 0, 0 }, 0x120000, 0x1002, 0x740f, 2, 0 } }, CARD_DISCRETE,
		ISOLATION_ISOLATED, 1, 1, 0, 0 },
	{ "a group over two domains",
		{ { { 0, 1, 0, 0 }, 0x030000, 0x10de, 0x1b80, 3, 0 },
			{ { 0x10000, 0xe1, 0, 0 }, 0x010802, 0x144d, 1, 3, 0 } },
		CARD_DISCRETE, ISOLATION_SHARED, 1, 1, 1, 0 },
};

static const struct function *put_row(int row)
{
	inventory.n_functions = 0;
	for (int i = FUNCTIONS_MAX; i-- > 0;) {
		struct function f = {
			.address = rows[row].functions[i].address,
			.class_code = rows[row].functions[i].class_code,
			.vendor = rows[row].functions[i].vendor,
			.device = rows[row].functions[i].device,
			.iommu_group = rows[row].functions[i].group,
			.is_virtual = rows[row].functions[i].is_virtual,
		};

		if (f.class_code)
			ck_assert_int_eq(inventory_put(&inventory, &f), 0);
	}
	return inventory_find(&inventory, rows[row].functions[0].address);
}

START_TEST(test_card)
{
	const struct function *gpu = put_row(_i);

	ck_assert(function_is_display(gpu));
	card_describe(&inventory, gpu, &card);
	ck_assert_msg(card.kind == rows[_i].kind, "%s: is %s", rows[_i].what, card_kind_name(card.kind));
	ck_assert_msg(card.isolation == rows[_i].isolation, "%s: isolation %d", rows[_i].what, card.isolation);
	ck_assert_msg(card.n_functions == rows[_i].n_functions, "%s: %u functions", rows[_i].what, card.n_functions);
	ck_assert_msg(card.n_groups == rows[_i].n_groups, "%s: %u groups", rows[_i].what, card.n_groups);
	ck_assert_msg(card.n_extra == rows[_i].n_extra, "%s: %u others", rows[_i].what, card.n_extra);
	ck_assert_msg(card.n_bridges == rows[_i].n_bridges, "%s: %u bridges", rows[_i].what, card.n_bridges);
	for (unsigned int i = 1; i < card.n_functions; i++)
		ck_assert_int_lt(address_compare(card.functions[i - 1]->address, card.functions[i]->address), 0);
	for (unsigned int i = 1; i < card.n_groups; i++)
		ck_assert_int_lt(card.groups[i - 1], card.groups[i]);
}
END_TEST

/* Any function of a card leads to it; what is no card's leads nowhere. */
START_TEST(test_find)
{
	struct card found;

	card_describe(&inventory, put_row(_i), &card);
	for (unsigned int i = 0; i < card.n_functions; i++) {
		ck_assert(card_find(&inventory, card.functions[i]->address, &found));
		ck_assert_ptr_eq(found.gpu, card.gpu);
	}
	for (unsigned int i = 0; i < card.n_bridges; i++)
		ck_assert(!card_find(&inventory, card.bridges[i]->address, &found));
	for (unsigned int i = 0; i < card.n_extra; i++) {
		if (!function_is_display(card.extra[i]))
			ck_assert(!card_find(&inventory, card.extra[i]->address, &found));
	}
	ck_assert(!card_find(&inventory, (struct address){ 0xffff, 0, 0, 0 }, &found));
}
END_TEST

START_TEST(test_names)
{
	static const char *const names[] = { "discrete", "integrated", "bmc", "vf" };

	ck_assert_int_eq(COUNT(names), CARD_KINDS_);
	ck_assert_str_eq(card_kind_name((enum card_kind)_i), names[_i]);
}
END_TEST

/* A card without a slot path is called by its address. */
START_TEST(test_name)
{
	static struct function gpu = { .address = { 0, 1, 0, 0 } };
	const struct card named = { .gpu = &gpu };

	ck_assert_str_eq(card_name(&named).s, "0000:01:00.0");
	gpu.slot_path = (struct slot_path){ "0000:00:01.0/00.0" };
	ck_assert_str_eq(card_name(&named).s, "0000:00:01.0/00.0");
}
END_TEST

TCase *case_card(void)
{
	TCase *tcase = suite_case("card");

	add_rows(tcase, test_card, rows);
	add_rows(tcase, test_find, rows);
	tcase_add_test(tcase, test_name);
	tcase_add_loop_test(tcase, test_names, 0, CARD_KINDS_);
	return tcase;
}
