// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/inventory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/domain.h"
#include "model/refusal.h"
#include "tests/support/record.h"
#include "tests/unit/model/model.h"

static struct inventory inventory;

static struct address nth(unsigned int i)
{
	return (struct address){ i >> 16, (uint8_t)(i >> 8), (uint8_t)(i >> 3 & 31), (uint8_t)(i & 7) };
}

/* Put in an order that jumps: sorted, each once, found again, and full at its bound. */
START_TEST(test_order)
{
	struct function f = { 0 };

	inventory.n_functions = 0;
	for (unsigned int i = 0; i < INVENTORY_MAX; i++) {
		f.address = nth(i * 397 % INVENTORY_MAX);
		f.vendor = (uint16_t)(i * 397 % INVENTORY_MAX);
		ck_assert_int_eq(inventory_put(&inventory, &f), 0);
	}
	ck_assert_uint_eq(inventory.n_functions, INVENTORY_MAX);
	for (unsigned int i = 0; i < INVENTORY_MAX; i++) {
		const struct function *found = inventory_find(&inventory, nth(i));

		ck_assert_ptr_eq(found, &inventory.functions[i]);
		ck_assert_uint_eq(found->vendor, i);
	}
	f.address = nth(INVENTORY_MAX);
	ck_assert_int_eq(inventory_put(&inventory, &f), -E2BIG);
	ck_assert_ptr_null(inventory_find(&inventory, f.address));
	/* One that is there is replaced, even when it is full. */
	f.address = nth(5);
	f.vendor = 0x10de;
	ck_assert_int_eq(inventory_put(&inventory, &f), 0);
	ck_assert_uint_eq(inventory.n_functions, INVENTORY_MAX);
	ck_assert_uint_eq(inventory_find(&inventory, nth(5))->vendor, 0x10de);
}
END_TEST

START_TEST(test_empty)
{
	inventory.n_functions = 0;
	ck_assert_ptr_null(inventory_find(&inventory, nth(0)));
}
END_TEST

/* All recorded machines fit. */
START_TEST(test_records)
{
	const char *names[RECORDS_MAX];
	unsigned int n = record_names(names), total = 0;

	ck_assert_uint_eq(n, 65);
	for (unsigned int i = 0; i < n; i++) {
		json_object *host = record_load(names[i]);

		record_inventory(host, &inventory);
		ck_assert_uint_eq(
			inventory.n_functions, json_object_array_length(json_object_object_get(host, "devices")));
		total += inventory.n_functions;
		json_object_put(host);
	}
	ck_assert_uint_eq(total, 2239);
}
END_TEST

START_TEST(test_domain)
{
	struct domain domain = { .n_hostdevs = 2, .hostdevs = { { 0, 1, 0, 0 }, { 0, 1, 0, 1 } } };

	ck_assert(domain_names(&domain, domain.hostdevs[1]));
	ck_assert(!domain_names(&domain, (struct address){ 0, 1, 0, 2 }));
	ck_assert(!domain_names(&(struct domain){ 0 }, (struct address){ 0, 0, 0, 0 }));
}
END_TEST

START_TEST(test_refusal)
{
	struct refusal refusal;
	char large[1024];

	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	ck_assert_int_eq(refusal_set(&refusal, REFUSAL_GROUP, "'%s' and %d", "a", 2), -ECANCELED);
	ck_assert_str_eq(refusal.sentence, "'a' and 2");
	ck_assert_int_eq(refusal.reason, REFUSAL_GROUP);
	(void)refusal_set(&refusal, REFUSAL_INPUT, "%s", large);
	ck_assert_uint_eq(strlen(refusal.sentence), sizeof(refusal.sentence) - 1);
	for (int a = 0; a < REFUSAL_REASONS_; a++) {
		for (int b = 0; b < a; b++)
			ck_assert_str_ne(refusal_reason_name((enum refusal_reason)a),
				refusal_reason_name((enum refusal_reason)b));
	}
}
END_TEST

TCase *case_inventory(void)
{
	TCase *tcase = suite_case("inventory");

	tcase_add_test(tcase, test_order);
	tcase_add_test(tcase, test_empty);
	tcase_add_test(tcase, test_records);
	tcase_add_test(tcase, test_domain);
	tcase_add_test(tcase, test_refusal);
	return tcase;
}
