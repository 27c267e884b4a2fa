// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cmdline.h"

#include "tests/unit/model/model.h"

static const struct {
	const char *line, *word;
	bool has;
} words[] = {
	{ "ro quiet iommu=pt\n", "iommu=pt", true },
	{ "iommu=pt", "iommu=pt", true },
	{ "ro xiommu=pt iommu=ptx iommu=p", "iommu=pt", false },
	{ "dyndbg=\"file a iommu=pt\" ro", "iommu=pt", false },
	{ "\tiommu=pt\n", "iommu=pt", true },
	{ "", "iommu=pt", false },
};

START_TEST(test_has)
{
	ck_assert_int_eq(cmdline_has(words[_i].line, words[_i].word), words[_i].has);
}
END_TEST

static const struct {
	const char *line, *value, *other;
	bool is;
} options[] = {
	{ "intel_iommu=on", "on", "off", true },
	{ "intel_iommu=sm_on,on ro", "on", "off", true },
	{ "intel_iommu=sm_on", "on", "off", false },
	{ "intel_iommu=on intel_iommu=off", "on", "off", false },
	{ "intel_iommu=off,on", "on", "off", true },
	{ "intel_iommu=off intel_iommu=on", "on", NULL, true },
	{ "intel_iommu", "on", "off", false },
	{ "xintel_iommu=on intel_iommux=on", "on", "off", false },
	{ "intel_iommu=,,on", "on", "off", true },
	{ "intel_iommu= on", "on", "off", false },
};

START_TEST(test_option)
{
	ck_assert_int_eq(cmdline_option_is(options[_i].line, "intel_iommu", options[_i].value, options[_i].other),
		options[_i].is);
}
END_TEST

START_TEST(test_missing)
{
	const struct cmdline_words both = { .n = 2, .words = { "intel_iommu=on", "iommu=pt" } };
	struct cmdline_words missing = cmdline_missing("ro iommu=pt", &both);

	ck_assert_str_eq(cmdline_text(&both).s, "intel_iommu=on iommu=pt");
	ck_assert_str_eq(cmdline_text(&missing).s, "intel_iommu=on");
	missing = cmdline_missing("iommu=pt intel_iommu=on", &both);
	ck_assert_uint_eq(missing.n, 0);
	ck_assert(cmdline_has_name("ro BOOT_IMAGE=/x", "BOOT_IMAGE"));
	ck_assert(cmdline_has_name("ro", "ro"));
	ck_assert(!cmdline_has_name("rootwait", "root"));
}
END_TEST

TCase *case_cmdline(void)
{
	TCase *tcase = suite_case("cmdline");

	add_rows(tcase, test_has, words);
	add_rows(tcase, test_option, options);
	tcase_add_test(tcase, test_missing);
	return tcase;
}
