// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/seat.h"

#include <errno.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

static const struct {
	const char *text;
	bool tagged, master;
	const char *name;
} records[] = {
	/* systemd 252, a card of the only seat */
	{ "S:dri/by-path/"
	  "pci-0000:01:00.0-card\nI:4711\nE:ID_PATH=pci-0000:01:00.0\nG:seat\nG:master-of-seat\nG:uaccess\n"
	  "Q:seat\nQ:master-of-seat\nQ:uaccess\nV:1\n",
		true, true, "" },
	{ "E:ID_SEAT=seat-second\nG:seat\nQ:seat\nV:1\n", true, false, "seat-second" },
	/* It had the tags once: rules took them off. */
	{ "I:1\nG:seat\nG:master-of-seat\nQ:gpu-handoff\nV:1\n", false, false, "" },
	{ "Q:master-of-seat\nV:1\n", false, true, "" },
	/* Before systemd 247 there is but one kind of tag. */
	{ "G:seat\nG:master-of-seat\n", true, true, "" },
	{ "V:1\nG:seat\n", false, false, "" },
	{ "Q:seat\n", false, false, "" },
	/* None of these is the tag, and none a name of a seat. */
	{ "Q:seats\nQ: seat\nq:seat\nE:X=Q:seat\nS:Q:seat\nV:1\n", false, false, "" },
	{ "E:ID_SEAT=../seat\nV:1\n", false, false, "" },
	{ "E:ID_SEAT=seat\033[31m\nV:1\n", false, false, "" },
	{ "E:ID_SEAT=seat2\nE:ID_SEAT=\nV:1\n", false, false, "" },
	{ "E:ID_SEAT=seat1234567890123456789012345678901234567890123456789012345678901234567890\nV:1\n", false, false,
		"" },
	{ "", false, false, "" },
};

START_TEST(test_record)
{
	struct seat seat;

	seat_parse(records[_i].text, &seat);
	ck_assert_int_eq(seat.tagged, records[_i].tagged);
	ck_assert_int_eq(seat.master, records[_i].master);
	ck_assert_str_eq(seat.name, records[_i].name);
}
END_TEST

/* By the number of the device, beneath the root. */
START_TEST(test_database)
{
	struct scratch scratch;
	struct host host;
	struct seat seat;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_text(scratch.fd, "run/udev/data/c226:1", "E:ID_SEAT=seat7\nQ:seat\nV:1\n");
	put_text(scratch.fd, "run/udev/data/c226:2", "%070000d", 0);
	put_text(scratch.fd, "run/udev/data/b226:3", "Q:seat\nV:1\n");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(seat_probe(&host, 226, 1, &seat), 0);
	ck_assert(seat.tagged && !seat.master);
	ck_assert_str_eq(seat.name, "seat7");
	ck_assert_int_eq(seat_probe(&host, 226, 2, &seat), -E2BIG);
	ck_assert_int_eq(seat_probe(&host, 226, 3, &seat), -ENOENT);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_seat(void)
{
	TCase *tcase = suite_case("seat");

	add_rows(tcase, test_record, records);
	tcase_add_test(tcase, test_database);
	return tcase;
}
