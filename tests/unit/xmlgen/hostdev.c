// SPDX-License-Identifier: GPL-2.0-or-later
/* The element of a hostdev. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/xmlgen/xmlgen.h"
#include "xmlgen/hostdev.h"

START_TEST(test_address)
{
	const struct address address = { .domain = 0x10000, .bus = 0xa1, .slot = 0x1f, .function = 7 };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	ck_assert_int_eq(hostdev_write(&address, 1, stream), 0);
	(void)fclose(stream);
	ck_assert_ptr_nonnull(
		strstr(text, "<address domain=\"0x10000\" bus=\"0xa1\" slot=\"0x1f\" function=\"0x7\"/>"));
	free(text);
}
END_TEST

TCase *case_hostdev(void)
{
	TCase *tcase = suite_case("hostdev");

	tcase_add_test(tcase, test_address);
	return tcase;
}
