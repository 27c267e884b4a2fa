// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/host/host.h"

static struct durable_owner owner_of(mode_t mode)
{
	return (struct durable_owner){ .mode = mode, .uid = geteuid(), .gid = getegid() };
}

START_TEST(test_write)
{
	struct durable_owner owner = owner_of(0640), found;
	char buffer[16], *text;

	put_text(scratch.fd, "d/.file.gpu-handoff", "left");
	ck_assert_int_eq(durable_write(scratch.fd, "d/file", "one", 3, &owner), 0);
	ck_assert_int_eq(durable_read(scratch.fd, "d/file", buffer, sizeof(buffer), &found), 3);
	ck_assert_uint_eq(found.mode, 0640);
	owner = owner_of(0600);
	ck_assert_int_eq(durable_write(scratch.fd, "d/file", "two!", 4, &owner), 0);
	text = get_text(scratch.fd, "d/file");
	ck_assert_str_eq(text, "two!");
	free(text);
	ck_assert_ptr_null(get_text(scratch.fd, "d/.file.gpu-handoff"));
	ck_assert_int_eq(durable_write(scratch.fd, "none/file", "x", 1, &owner), -ENOENT);
	/* Never above the root. */
	ck_assert_int_eq(durable_write(scratch.fd, "../file", "x", 1, &owner), -EXDEV);
	ck_assert_int_eq(durable_remove(scratch.fd, "d/file"), 0);
	ck_assert_int_eq(durable_remove(scratch.fd, "d/file"), 0);
	ck_assert_int_eq(durable_remove(scratch.fd, "none/file"), 0);
	ck_assert_int_eq(durable_read(scratch.fd, "d/file", buffer, sizeof(buffer), &found), -ENOENT);
}
END_TEST

START_TEST(test_not_plain)
{
	struct durable_owner found;
	char buffer[4];

	put_text(scratch.fd, "file", "12345");
	ck_assert_int_eq(durable_read(scratch.fd, "file", buffer, sizeof(buffer), &found), -E2BIG);
	put_link(scratch.fd, "link", "file");
	ck_assert_int_eq(durable_read(scratch.fd, "link", buffer, sizeof(buffer), &found), -ELOOP);
	ck_assert_int_eq(linkat(scratch.fd, "file", scratch.fd, "name", 0), 0);
	ck_assert_int_eq(durable_read(scratch.fd, "file", buffer, sizeof(buffer), &found), -EMLINK);
	ck_assert_int_eq(mkfifoat(scratch.fd, "fifo", 0600), 0);
	ck_assert_int_eq(durable_read(scratch.fd, "fifo", buffer, sizeof(buffer), &found), -EINVAL);
	put_directory(scratch.fd, "directory");
	ck_assert_int_eq(durable_read(scratch.fd, "directory", buffer, sizeof(buffer), &found), -EINVAL);
}
END_TEST

START_TEST(test_directory)
{
	ck_assert_int_eq(durable_make_directory(scratch.fd, "d", 0755), 0);
	ck_assert_int_eq(durable_make_directory(scratch.fd, "d", 0755), -EEXIST);
	put_text(scratch.fd, "d/.file.gpu-handoff", "left");
	ck_assert_int_eq(durable_remove_directory(scratch.fd, "d"), -ENOTEMPTY);
	ck_assert_int_eq(durable_tidy(scratch.fd, "d/file"), 0);
	ck_assert_int_eq(durable_remove_directory(scratch.fd, "d"), 0);
	ck_assert_int_eq(durable_remove_directory(scratch.fd, "d"), 0);
}
END_TEST

TCase *case_durable(void)
{
	TCase *tcase = suite_case("durable");

	tcase_add_checked_fixture(tcase, tree_start, tree_stop);
	tcase_add_test(tcase, test_write);
	tcase_add_test(tcase, test_not_plain);
	tcase_add_test(tcase, test_directory);
	return tcase;
}
