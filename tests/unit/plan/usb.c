// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/usb.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/plan/plan.h"

#define DEVICE "USB device '1-4.2'"

static const struct usb_device device = { .port = "1-4.2", .vendor = 0x046d, .product = 0xc52b, .bus = 1, .number = 7 };
static const struct usb_setting setting = { .by_port = true, .port = "1-4.2", .domain = "gpu\nvm" };

/* result: 1 to attach, 0 for nothing to do, -ECANCELED; with a part of the sentence. */
static const struct {
	const char *what;
	bool is_unset, is_hub, is_running;
	const char *carries;
	struct usb_hostdev own;
	const char *other;
	int result;
	const char *sentence;
} rows[] = {
	{ .what = "free", .is_running = true, .result = 1 },
	{ .what = "not running", .result = 0, .sentence = "domain 'gpu?vm' does not run" },
	{ .what = "has it",
		.is_running = true,
		.own = { .bus = 1, .number = 7 },
		.result = 0,
		.sentence = "domain 'gpu?vm' has " DEVICE " already" },
	{ .what = "has it by its IDs",
		.is_running = true,
		.own = { .vendor = 0x046d, .product = 0xc52b },
		.result = 0,
		.sentence = "already" },
	{ .what = "has its twin",
		.is_running = true,
		.own = { .vendor = 0x046d, .product = 0xc52b, .bus = 1, .number = 6 },
		.result = 1 },
	{ .what = "has another of that number", .is_running = true, .own = { .bus = 2, .number = 7 }, .result = 1 },
	{ .what = "has another", .is_running = true, .own = { .vendor = 0x046d, .product = 0xc52c }, .result = 1 },
	{ .what = "another has it",
		.is_running = true,
		.other = "wo\trk",
		.result = -ECANCELED,
		.sentence = "domain 'wo?rk' has " DEVICE },
	{ .what = "no section",
		.is_unset = true,
		.is_running = true,
		.result = 0,
		.sentence = "'1-4.2' (046d:c52b) a domain; add one, [usb 1-4.2]" },
	{ .what = "a hub", .is_hub = true, .is_running = true, .result = -ECANCELED, .sentence = "is a hub" },
	{ .what = "a disk",
		.carries = "holds '/', which is mounted",
		.is_running = true,
		.result = -ECANCELED,
		.sentence = DEVICE " holds '/', which is mounted; the host lives on it" },
	{ .what = "a disk of a domain that does not run",
		.carries = "holds '/', which is mounted",
		.result = -ECANCELED,
		.sentence = "the host lives on it" },
};

START_TEST(test_plan)
{
	const struct usb_hostdevs own = { .n_hostdevs = rows[_i].own.number || rows[_i].own.vendor,
		.hostdevs = { rows[_i].own } };
	const struct usb_situation situation = { .device = &device,
		.is_hub = rows[_i].is_hub,
		.carries = rows[_i].carries ? rows[_i].carries : "",
		.setting = rows[_i].is_unset ? NULL : &setting,
		.is_running = rows[_i].is_running,
		.own = rows[_i].is_running ? &own : NULL,
		.other = rows[_i].other };
	struct refusal refusal = { 0 };
	char text[512] = "";
	int r = plan_usb(&situation, text, sizeof(text), &refusal);
	const char *said = r < 0 ? refusal.sentence : text;

	ck_assert_msg(r == rows[_i].result, "%s: %d, %s", rows[_i].what, r, said);
	ck_assert_msg(
		rows[_i].sentence ? strstr(said, rows[_i].sentence) != NULL : !*said, "%s: %s", rows[_i].what, said);
	ck_assert(r != -ECANCELED || refusal.reason != REFUSAL_NONE);
}
END_TEST

/* A section whose domain is not said is none. */
START_TEST(test_nameless)
{
	struct usb_setting nameless = setting;
	struct usb_situation situation = { .device = &device, .carries = "", .setting = &nameless };
	struct refusal refusal;
	char text[512];

	nameless.domain[0] = '\0';
	ck_assert_int_eq(plan_usb(&situation, text, sizeof(text), &refusal), 0);
}
END_TEST

TCase *case_usb_follow(void)
{
	TCase *tcase = suite_case("usb");

	add_rows(tcase, test_plan, rows);
	tcase_add_test(tcase, test_nameless);
	return tcase;
}
