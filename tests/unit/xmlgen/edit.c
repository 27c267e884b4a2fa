// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits of a text: in whatever order they were begun, and none in another. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/xmlgen/xmlgen.h"
#include "xmlgen/edit.h"

#define TEXT "0123456789"

static const struct {
	const char *what, *expected; /* NULL: refused */
	struct {
		size_t offset, length;
		const char *text;
	} edits[4];
} rows[] = {
	{ "none", TEXT, { { 0 } } },
	{ "at both ends", "<0123456789>", { { 10, 0, ">" }, { 0, 0, "<" } } },
	{ "all of it", "", { { 0, 10, "" } } },
	{ "insertions keep their order, before what is replaced there", "012abX3456789",
		{ { 3, 0, "a" }, { 3, 0, "b" }, { 3, 0, "X" } } },
	{ "whenever that was begun", "012abX456789", { { 3, 1, "X" }, { 3, 0, "a" }, { 3, 0, "b" } } },
	{ "side by side", "0AB56789", { { 3, 2, "B" }, { 1, 2, "A" } } },
	{ "behind what is replaced", "0AB3456789", { { 3, 0, "B" }, { 1, 2, "A" } } },
	{ "one in another", NULL, { { 1, 3, "A" }, { 2, 0, "B" } } },
	{ "the same twice", NULL, { { 1, 1, "A" }, { 1, 1, "B" } } },
	{ "over the end", NULL, { { 9, 2, "A" } } },
	{ "behind it", NULL, { { 11, 0, "A" } } },
	{ "a length that wraps", NULL, { { 5, SIZE_MAX, "A" } } },
};

START_TEST(test_row)
{
	struct edits edits;
	char *result = NULL;
	size_t size = 0;
	int r;

	ck_assert_int_eq(edits_init(&edits), 0);
	for (int i = 0; i < COUNT(rows[_i].edits) && rows[_i].edits[i].text; i++)
		(void)fputs(
			rows[_i].edits[i].text, edit_begin(&edits, rows[_i].edits[i].offset, rows[_i].edits[i].length));
	r = edits_apply(&edits, TEXT, strlen(TEXT), &result, &size);
	edits_finish(&edits);
	if (!rows[_i].expected) {
		ck_assert_msg(r == -EINVAL, "%s", rows[_i].what);
		return;
	}
	ck_assert_msg(r == 0 && size == strlen(rows[_i].expected) && strcmp(result, rows[_i].expected) == 0, "%s: %s",
		rows[_i].what, result);
	free(result);
}
END_TEST

/* More than there is room for at first. */
START_TEST(test_many)
{
	struct edits edits;
	char *result;
	size_t size;

	ck_assert_int_eq(edits_init(&edits), 0);
	for (int i = 0; i < 1000; i++)
		(void)fputs("x", edit_begin(&edits, 5, 0));
	ck_assert_int_eq(edits_apply(&edits, TEXT, strlen(TEXT), &result, &size), 0);
	ck_assert_uint_eq(size, 1010);
	ck_assert_uint_eq(strspn(result + 5, "x"), 1000);
	edits_finish(&edits);
	free(result);
}
END_TEST

TCase *case_edit(void)
{
	TCase *tcase = suite_case("edit");

	add_rows(tcase, test_row, rows);
	tcase_add_test(tcase, test_many);
	return tcase;
}
