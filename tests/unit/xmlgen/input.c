// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of the command line. */
#include <errno.h>

#include "tests/unit/xmlgen/xmlgen.h"
#include "xmlgen/input.h"

START_TEST(test_names)
{
	static const char *const good[] = { "gpuvm", "win 11", "Gr\303\274n", "a<b>&'\"c", "-rf", "..." };
	static const char *const bad[] = { "", " ", "a/b", "a\nb", "a\033[31m", "\302\205", "\377", "\355\240\200", ".",
		"..", "\357\277\277", "\177" };

	for (int i = 0; i < COUNT(good); i++)
		ck_assert_msg(input_is_name(good[i]), "'%s' is a name", good[i]);
	for (int i = 0; i < COUNT(bad); i++)
		ck_assert_msg(!input_is_name(bad[i]), "row %d is no name", i);
}
END_TEST

START_TEST(test_interfaces)
{
	ck_assert(input_is_interface("br0"));
	ck_assert(input_is_interface("virbr-123456789"));
	ck_assert(!input_is_interface("virbr-1234567890"));
	ck_assert(!input_is_interface(""));
	ck_assert(!input_is_interface("br 0"));
	ck_assert(!input_is_interface("../br0"));
	ck_assert(!input_is_interface(".."));
}
END_TEST

START_TEST(test_uuids)
{
	ck_assert(input_is_uuid("83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"));
	ck_assert(!input_is_uuid("83b8f4f2509f382f3c1ee6bfe0fa1001"));
	ck_assert(!input_is_uuid("83b8f4f2-509f-382f-3c1e-e6bfe0fa100"));
	ck_assert(!input_is_uuid("83b8f4f2-509f-382f-3c1e-e6bfe0fa100g"));
}
END_TEST

START_TEST(test_sizes)
{
	static const struct {
		const char *word;
		int r;
		uint64_t size;
	} rows[] = {
		{ "512", 0, 512ULL << 20 },
		{ "16G", 0, 16ULL << 30 },
		{ "16GiB", 0, 16ULL << 30 },
		{ "16g", 0, 16ULL << 30 },
		{ "4T", 0, 4ULL << 40 },
		{ "2048K", 0, 2ULL << 20 },
		{ "1023K", -ERANGE, 0 },
		{ "0", -ERANGE, 0 },
		{ "16777216T", -ERANGE, 0 },
		{ "99999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "G", -EINVAL, 0 },
		{ "-1G", -EINVAL, 0 },
		{ " 1G", -EINVAL, 0 },
		{ "1GB", -EINVAL, 0 },
		{ "1.5G", -EINVAL, 0 },
		{ "1P", -EINVAL, 0 },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		uint64_t size = 0;

		ck_assert_msg(input_parse_size(rows[i].word, &size) == rows[i].r, "'%s'", rows[i].word);
		ck_assert_uint_eq(size, rows[i].size);
	}
}
END_TEST

TCase *case_input(void)
{
	TCase *tcase = suite_case("input");

	tcase_add_test(tcase, test_names);
	tcase_add_test(tcase, test_interfaces);
	tcase_add_test(tcase, test_uuids);
	tcase_add_test(tcase, test_sizes);
	return tcase;
}
