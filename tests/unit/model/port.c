// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/port.h"

#include "model/amd.h"
#include "tests/unit/model/model.h"

#define REQUIRED (ACS_SOURCE_VALIDATION | ACS_REQUEST_REDIRECT | ACS_COMPLETION_REDIRECT | ACS_UPSTREAM_FORWARDING)

/* What a port is not able to do is not asked of it, and what nobody asks for does not matter. */
static const struct {
	enum port_acs acs;
	uint16_t able, on, off;
} services[] = {
	{ ACS_UNTOLD, 0x7f, 0x00, 0 },
	{ ACS_NONE, 0x7f, 0x00, 0 },
	{ ACS_THERE, 0x00, 0x00, 0 },
	{ ACS_THERE, 0x62, 0x00, 0 },
	{ ACS_THERE, 0x7f, 0x00, REQUIRED },
	{ ACS_THERE, 0x7f, 0x1d, 0 },
	{ ACS_THERE, 0x1f, 0x11, ACS_REQUEST_REDIRECT | ACS_COMPLETION_REDIRECT },
	{ ACS_THERE, 0x0d, 0x05, ACS_COMPLETION_REDIRECT },
	{ ACS_THERE, 0x1d, 0x0c, ACS_SOURCE_VALIDATION | ACS_UPSTREAM_FORWARDING },
};

START_TEST(test_services)
{
	const struct port port = {
		.kind = PORT_ROOT, .acs = services[_i].acs, .able = services[_i].able, .on = services[_i].on
	};

	ck_assert_uint_eq(port_find_off(&port), services[_i].off);
}
END_TEST

static const struct {
	uint16_t vendor, device;
	enum port_kind kind;
	unsigned int offset;
} controls[] = {
	{ 0x8086, 0xa110, PORT_ROOT, 8 },
	{ 0x8086, 0xa11f, PORT_ROOT, 8 },
	{ 0x8086, 0x9d1b, PORT_ROOT, 8 },
	{ 0x8086, 0xa2ee, PORT_ROOT, 8 },
	{ 0x8086, 0xa120, PORT_ROOT, 6 },
	{ 0x8086, 0xa110, PORT_DOWNSTREAM, 6 },
	{ 0x1022, 0xa110, PORT_ROOT, 6 },
	{ 0x8086, 0x1901, PORT_ROOT, 6 },
};

START_TEST(test_control)
{
	ck_assert_uint_eq(
		port_control_offset(controls[_i].vendor, controls[_i].device, controls[_i].kind), controls[_i].offset);
}
END_TEST

static const struct {
	uint16_t vendor, device;
	const char *generation;
} cards[] = {
	{ 0x1002, 0x67df, "Polaris 10" },
	{ 0x1002, 0x67ff, "Polaris 11" },
	{ 0x1002, 0x699f, "Polaris 12" },
	{ 0x1002, 0x687f, "Vega 10" },
	{ 0x1002, 0x66af, "Vega 20" },
	{ 0x1002, 0x731f, "Navi 10" },
	{ 0x1002, 0x7360, "Navi 12" },
	{ 0x1002, 0x7340, "Navi 14" },
	{ 0x1002, 0x73bf, NULL }, /* Navi 21 */
	{ 0x1002, 0x73ff, NULL }, /* Navi 23 */
	{ 0x1002, 0x744c, NULL }, /* Navi 31 */
	{ 0x1002, 0x7480, NULL }, /* Navi 33 */
	{ 0x1002, 0x6811, NULL }, /* Curacao */
	{ 0x1002, 0x1638, NULL }, /* in a processor */
	{ 0x10de, 0x67df, NULL },
};

START_TEST(test_reset_bug)
{
	const char *generation = amd_find_reset_bug(cards[_i].vendor, cards[_i].device);

	if (cards[_i].generation)
		ck_assert_pstr_eq(generation, cards[_i].generation);
	else
		ck_assert_ptr_null(generation);
}
END_TEST

TCase *case_port(void)
{
	TCase *tcase = suite_case("port");

	add_rows(tcase, test_services, services);
	add_rows(tcase, test_control, controls);
	add_rows(tcase, test_reset_bug, cards);
	return tcase;
}
