// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff list --json` agrees with what each record expects of it. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/programs.h"

/* All that the records tell of their cards: it must not become less unseen. */
#define RECORDS_TOTAL 65
#define CARDS_TOTAL   120
#define FACTS_TOTAL   396

static const char *records[RECORDS_MAX];

/* Facts that are null in a record are ones that its listing does not tell. */
static const char *const facts[] = { "functions", "iommu_groups", "group_extra", "group_bridges", "isolated" };

static unsigned int count_facts(json_object *expected)
{
	unsigned int n = 0;

	for (int i = 0; i < COUNT(facts); i++)
		n += json_object_object_get(expected, facts[i]) != NULL;
	return n;
}

static json_object *find_card(json_object *list, const char *address)
{
	json_object *gpus = json_object_object_get(list, "gpus");

	for (size_t i = 0; i < json_object_array_length(gpus); i++) {
		json_object *gpu = json_object_array_get_idx(gpus, i);

		if (strcmp(record_text(gpu, "address"), address) == 0)
			return gpu;
	}
	ck_abort_msg("'%s' is not listed", address);
	return NULL;
}

/* A fact in the form of the record: functions are objects to us, addresses to it. */
static json_object *simplify(json_object *gpu, const char *fact)
{
	json_object *value = json_object_object_get(gpu, fact), *simple;

	if (strcmp(fact, "functions") != 0)
		return json_object_get(value);
	simple = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(value); i++)
		json_object_array_add(simple,
			json_object_get(json_object_object_get(json_object_array_get_idx(value, i), "address")));
	return simple;
}

static void check_card(json_object *list, json_object *expected, bool groups_known)
{
	const char *address = record_text(expected, "gpu");
	json_object *gpu = find_card(list, address);
	unsigned int compared = 0;

	for (int i = 0; i < COUNT(facts); i++) {
		json_object *wanted = json_object_object_get(expected, facts[i]), *given = simplify(gpu, facts[i]);

		if (wanted) {
			ck_assert_msg(json_object_equal(given, wanted), "%s: %s is %s, not %s", address, facts[i],
				json_object_to_json_string(given), json_object_to_json_string(wanted));
			compared++;
		} else if (!groups_known) {
			ck_assert_msg(!given, "%s: %s is %s, which the host does not tell", address, facts[i],
				json_object_to_json_string(given));
		}
		json_object_put(given);
	}
	ck_assert_uint_eq(compared, count_facts(expected));
	ck_assert_str_ne(record_text(gpu, "kind"), "bmc");
	ck_assert_int_eq(strncmp(record_text(expected, "id"), record_text(gpu, "vendor"), 4), 0);
	ck_assert_str_eq(record_text(expected, "id") + 5, record_text(gpu, "device"));
}

static unsigned int count_displays(json_object *record)
{
	static struct inventory inventory;
	unsigned int n = 0;

	record_inventory(record, &inventory);
	for (unsigned int i = 0; i < inventory.n_functions; i++)
		n += function_is_display(&inventory.functions[i]);
	return n;
}

START_TEST(test_record)
{
	json_object *record = record_load(records[_i]), *expected = json_object_object_get(record, "expect"), *list;
	bool groups_known = json_object_get_boolean(json_object_object_get(record, "iommu_groups_known"));
	struct scratch scratch;
	char *text;
	int status;

	program_host(&scratch, records[_i], 0);
	text = program_run(&status, "gpu-handoff list --json --sysroot %s", scratch.path);
	ck_assert_msg(status == 0, "%s", text);
	list = json_tokener_parse(text);
	ck_assert_ptr_nonnull(list);
	for (size_t i = 0; i < json_object_array_length(expected); i++)
		check_card(list, json_object_array_get_idx(expected, i), groups_known);
	ck_assert_uint_eq(json_object_array_length(json_object_object_get(list, "gpus")), count_displays(record));
	free(text);
	/* The table for people names each card as well. */
	text = program_run(&status, "gpu-handoff list --sysroot %s", scratch.path);
	ck_assert_int_eq(status, 0);
	for (size_t i = 0; i < json_object_array_length(expected); i++)
		ck_assert_ptr_nonnull(strstr(text, record_text(json_object_array_get_idx(expected, i), "gpu")));
	free(text);
	json_object_put(list);
	json_object_put(record);
	scratch_remove(&scratch);
}
END_TEST

START_TEST(test_total)
{
	unsigned int n = record_names(records), n_cards = 0, n_facts = 0;

	for (unsigned int i = 0; i < n; i++) {
		json_object *record = record_load(records[i]), *expected = json_object_object_get(record, "expect");

		for (size_t j = 0; j < json_object_array_length(expected); j++, n_cards++)
			n_facts += count_facts(json_object_array_get_idx(expected, j));
		json_object_put(record);
	}
	ck_assert_uint_eq(n, RECORDS_TOTAL);
	ck_assert_uint_eq(n_cards, CARDS_TOTAL);
	ck_assert_uint_eq(n_facts, FACTS_TOTAL);
}
END_TEST

START_TEST(test_no_machine)
{
	struct scratch scratch;
	char *text;
	int status;

	scratch_make(&scratch);
	text = program_run(&status, "gpu-handoff list --sysroot %s", scratch.path);
	ck_assert_int_eq(status, 1);
	ck_assert_ptr_nonnull(strstr(text, scratch.path));
	free(text);
	put_directory(scratch.fd, "sys/bus/pci/devices");
	text = program_run(&status, "gpu-handoff list --json --sysroot %s", scratch.path);
	ck_assert_int_eq(status, 0);
	ck_assert_ptr_nonnull(strstr(text, "\"gpus\""));
	free(text);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_list(void)
{
	TCase *tcase = suite_case("list");

	tcase_add_loop_test(tcase, test_record, 0, (int)record_names(records));
	tcase_add_test(tcase, test_total);
	tcase_add_test(tcase, test_no_machine);
	return tcase;
}
