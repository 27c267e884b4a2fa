// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/accounts.h"

#include <errno.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define UNTOUCHED 4711

static const struct {
	const char *text;
	int found;
	gid_t number;
} files[] = {
	{ "root:x:0:\nkvm:x:106:libvirt-qemu,anna\nrender:x:107:\n", 1, 106 },
	{ "kvm:!:0:", 1, 0 },
	{ "kvm:x:4294967294:\n", 1, 4294967294u },
	/* The first one that is whole, as getgrnam(3) has it. */
	{ "kvm\nkvm:\nkvm:x\nkvm:x:1\nkvm:x::\nkvm:x:-1:\nkvm:x:4294967295:\nkvm:x:36a:\nkvm:x:36:\nkvm:x:37:\n", 1,
		36 },
	{ "xkvm:x:1:\nkvmx:x:2:\n kvm:x:3:\n+kvm:x:4:\nother:x:5:kvm\nKVM:x:6:\n", 0, UNTOUCHED },
	{ "", 0, UNTOUCHED },
};

START_TEST(test_file)
{
	gid_t number = UNTOUCHED;

	ck_assert_int_eq(accounts_parse_group(files[_i].text, "kvm", &number), files[_i].found);
	ck_assert_uint_eq(number, files[_i].number);
}
END_TEST

static const struct {
	const char *text;
	int found;
	const char *name;
} users[] = {
	{ "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:100:Anna:/home/anna:/bin/sh\n", 1, "anna" },
	{ "a.b-c_D9:x:1000:1::/:\n", 1, "a.b-c_D9" },
	{ "-a:x:1000:1::/:\n", -EINVAL, "" },
	{ "a b:x:1000:1::/:\n", -EINVAL, "" },
	{ ":x:1000:1::/:\n", -EINVAL, "" },
	{ "a123456789012345678901234567890123:x:1000:1::/:\n", -EINVAL, "" },
	{ "anna:x:1000\nanna:x:1000:\nanna:x:01x0:1::\notto:x:1001:1::/:\n", 0, "" },
	{ "", 0, "" },
};

START_TEST(test_user)
{
	char name[USER_NAME_SIZE] = "";
	gid_t group = UNTOUCHED;

	ck_assert_int_eq(accounts_parse_user(users[_i].text, 1000, name, &group), users[_i].found);
	ck_assert_str_eq(name, users[_i].name);
	ck_assert_int_eq(group == UNTOUCHED, users[_i].found != 1);
}
END_TEST

static const struct {
	const char *text;
	int found;
} members[] = {
	{ "kvm:x:104:anna\n", 1 },
	{ "a:x:1:b\nkvm:x:104:otto,anna,karl", 1 },
	{ "kvm:x:104:otto,anna", 1 },
	{ "kvm:x:104:annax,xanna,ann\n", 0 },
	{ "kvmx:x:104:anna\nxkvm:x:1:anna\n", 0 },
	{ "kvm:anna\nkvm:x:anna\nkvm:x:104\nkvm:x:104:\n", 0 },
	{ "kvm:x:104:\nanna:x:1:\n", 0 },
};

START_TEST(test_member)
{
	ck_assert_int_eq(accounts_parse_member(members[_i].text, "kvm", "anna"), members[_i].found);
}
END_TEST

/* Of the host beneath the root, whatever this one has. */
START_TEST(test_host)
{
	struct scratch scratch;
	gid_t number = UNTOUCHED;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "etc");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(accounts_find_group(&host, "root", &number), 0);
	put_text(scratch.fd, "etc/group", "kvm:x:77:\n");
	ck_assert_int_eq(accounts_find_group(&host, "root", &number), 0);
	ck_assert_uint_eq(number, UNTOUCHED);
	ck_assert_int_eq(accounts_find_group(&host, "kvm", &number), 1);
	ck_assert_uint_eq(number, 77);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_accounts(void)
{
	TCase *tcase = suite_case("accounts");

	add_rows(tcase, test_file, files);
	add_rows(tcase, test_user, users);
	add_rows(tcase, test_member, members);
	tcase_add_test(tcase, test_host);
	return tcase;
}
