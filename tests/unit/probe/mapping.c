// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/mapping.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/probe/probe.h"

static const struct {
	const char *line, *name, *path;
	uint32_t major, minor;
	uint64_t inode;
} good[] = {
	{ "7f63dc07a000-7f63dc07b000 r-xp 00001000 fd:01 5120133                  /usr/lib/libc.so.6",
		"7f63dc07a000-7f63dc07b000", "/usr/lib/libc.so.6", 0xfd, 1, 5120133 },
	{ "00400000-00401000 rw-p 00000000 00:00 0 ", "400000-401000", "", 0, 0, 0 },
	{ "00400000-00401000 rw-s 00000000 00:1f 9   /tmp/a b\\012c (deleted)", "400000-401000",
		"/tmp/a b\\012c (deleted)", 0, 0x1f, 9 },
	{ "0-ffffffffffffffff ---p ffffffffffffffff ffffffff:ffffffff 18446744073709551615 x", "0-ffffffffffffffff",
		"x", UINT32_MAX, UINT32_MAX, UINT64_MAX },
	{ "00400000-00401000 rw-p 00000000 00:00 0                          [heap]", "400000-401000", "[heap]", 0, 0,
		0 },
};

START_TEST(test_good)
{
	char name[MAPPING_NAME_SIZE];
	struct mapping mapping;

	ck_assert_int_eq(mapping_parse(good[_i].line, &mapping), 0);
	mapping_name(&mapping, name);
	ck_assert_str_eq(name, good[_i].name);
	ck_assert_str_eq(mapping.path, good[_i].path);
	ck_assert_uint_eq(mapping.major, good[_i].major);
	ck_assert_uint_eq(mapping.minor, good[_i].minor);
	ck_assert_uint_eq(mapping.inode, good[_i].inode);
}
END_TEST

static const char *const bad[] = {
	"",
	"x",
	"00400000",
	"00400000-",
	"-00401000 rw-p 00000000 00:00 0 ",
	"00400000-00401000",
	"00400000-00401000 rw-p",
	"00400000-00401000 rw-ps 00000000 00:00 0 ",
	"00400000-00401000 rw- 00000000 00:00 0 ",
	"00400000-00401000  rw-p 00000000 00:00 0 ",
	"00400000-00401000 rw-p 00000000 0000 0 ",
	"00400000-00401000 rw-p 00000000 00:00 0",
	"00400000-00401000 rw-p 00000000 00:00 ",
	"00400000-00401000 rw-p 00000000 00:00 a ",
	"00400000-00401000 rw-p 00000000 100000000:00 1 ",
	"00400000-00401000 rw-p 00000000 00:00 18446744073709551616 ",
	"10000000000000000-10000000000001000 rw-p 00000000 00:00 0 ",
	"0x400000-0x401000 rw-p 00000000 00:00 0 ",
	"ABC000-ABD000 rw-p 00000000 00:00 0 ",
	" 00400000-00401000 rw-p 00000000 00:00 0 ",
};

START_TEST(test_bad)
{
	struct mapping mapping = { .inode = 77 };

	ck_assert_int_eq(mapping_parse(bad[_i], &mapping), -EBADMSG);
	ck_assert_uint_eq(mapping.inode, 77);
}
END_TEST

TCase *case_mapping(void)
{
	TCase *tcase = suite_case("mapping");

	add_rows(tcase, test_good, good);
	add_rows(tcase, test_bad, bad);
	return tcase;
}
