// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/daemon.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

/* Fields 3 to 21, then the start time. */
#define FIELDS " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "

static const struct {
	const char *stat;
	int expected;
	uint64_t start;
} rows[] = {
	{ "812 (libvirtd)" FIELDS "2214 99 98\n", 1, 2214 },
	{ "812 (virtqemud)" FIELDS "18446744073709551615 99\n", 1, UINT64_MAX },
	{ "812 (libvirtd)" FIELDS "2214", 1, 2214 },
	{ "812 (bash)" FIELDS "2214 99\n", 0, 0 },
	{ "812 (libvirtd-x)" FIELDS "2214 99\n", 0, 0 },
	{ "812 (libvirt)" FIELDS "2214 99\n", 0, 0 },
	{ "812 ()" FIELDS "2214 99\n", 0, 0 },
	/* Names that a process gives itself. */
	{ "812 (libvirtd) S 1)" FIELDS "2214 99\n", 0, 0 },
	{ "812 ((libvirtd))" FIELDS "2214 99\n", 0, 0 },
	{ "812 (x) (libvirtd)" FIELDS "2214 99\n", 0, 0 },
	{ "812 (a\nlibvirtd)" FIELDS "2214 99\n", 0, 0 },
	{ "812 (libvirtd)\n", -EBADMSG, 0 },
	{ "812 (libvirtd) S 1 2\n", -EBADMSG, 0 },
	{ "812 (libvirtd)" FIELDS "x 99\n", -EBADMSG, 0 },
	{ "812 (libvirtd)" FIELDS "-1 99\n", -EBADMSG, 0 },
	{ "812 (libvirtd)" FIELDS "18446744073709551616 99\n", -EBADMSG, 0 },
	{ "812 libvirtd" FIELDS "2214\n", -EBADMSG, 0 },
	{ ")(", -EBADMSG, 0 },
	{ "", -EBADMSG, 0 },
};

START_TEST(test_stat)
{
	struct scratch scratch;
	uint64_t begun = 7;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_text(scratch.fd, "proc/812/stat", "%s", rows[_i].stat);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(daemon_probe(&host, 812, &begun), rows[_i].expected);
	ck_assert_uint_eq(begun, rows[_i].expected == 1 ? rows[_i].start : 7);
	ck_assert_int_eq(daemon_probe(&host, 813, &begun), 0);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* This process is no daemon, whatever the running host is like. */
START_TEST(test_self)
{
	struct host host;
	uint64_t begun;

	ck_assert_int_eq(host_open(NULL, &host), 0);
	ck_assert_int_eq(daemon_probe(&host, getpid(), &begun), 0);
	host_close(&host);
}
END_TEST

TCase *case_daemon(void)
{
	TCase *tcase = suite_case("daemon");

	add_rows(tcase, test_stat, rows);
	tcase_add_test(tcase, test_self);
	return tcase;
}
