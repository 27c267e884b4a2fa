// SPDX-License-Identifier: GPL-2.0-or-later
/* A card that is kept free shows no virtual console, and no other framebuffer loses one. */
#include "udev/consoles.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/udev/udev.h"

#define BIND   "sys/class/vtconsole/vtcon1/bind"
#define RECORD "run/gpu-handoff/consoles/parted"

static struct refusal refusal;

static void put_framebuffer(const char *address, unsigned int n)
{
	char path[128], class[64];

	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/graphics/fb%u", address, n);
	put_directory(scratch.fd, path);
	(void)snprintf(class, sizeof(class), "sys/class/graphics/fb%u", n);
	put_directory(scratch.fd, class);
	(void)snprintf(path + strlen(path), sizeof(path) - strlen(path), "/subsystem");
	put_link(scratch.fd, path, "sys/class/graphics");
}

static void start(void)
{
	udev_start();
	put_directory(scratch.fd, "sys/class/graphics/fbcon");
	put_text(scratch.fd, "sys/class/vtconsole/vtcon0/name", "(S) dummy device\n");
	put_text(scratch.fd, "sys/class/vtconsole/vtcon0/bind", "1\n");
	put_text(scratch.fd, "sys/class/vtconsole/vtcon1/name", "(M) frame buffer device\n");
	put_text(scratch.fd, BIND, "1\n");
}

static const struct {
	const char *mode;
	unsigned int twin;     /* its framebuffer, 0: it has none */
	uint64_t consoles;     /* that fb0, the card's, shows */
	uint64_t other, after; /* that the twin's shows before and after */
	const char *bind;      /* afterwards */
} releases[] = {
	{ "kept-free", 1, 0x7e, 0x80, 0xfe, "1" },
	{ "kept-free", 3, 0x2, 0, 0x2, "1" },
	{ "kept-free", 0, 0x7e, 0, 0, "0" },
	{ "reserved", 1, 0x7e, 0, 0x7e, "1" },
	{ "kept-free", 1, 0, 0x7e, 0x7e, "1" },
	{ "kept-free", 0, 0, 0, 0, "1" },
};

START_TEST(test_release)
{
	unsigned int twin = releases[_i].twin;

	udev_configure(releases[_i].mode);
	put_framebuffer(GPU, 0);
	kernel.consoles[0] = releases[_i].consoles;
	if (twin) {
		put_framebuffer(TWIN, twin);
		kernel.consoles[twin] = releases[_i].other;
	}
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_str_eq(udev_attribute(NULL, BIND), releases[_i].bind);
	if (twin) {
		ck_assert_uint_eq(kernel.consoles[0], 0);
		ck_assert_uint_eq(kernel.consoles[twin], releases[_i].after);
	}
}
END_TEST

/* Neither gets the other's. */
START_TEST(test_both_kept_free)
{
	put_text(scratch.fd, "etc/gpu-handoff.conf",
		"[card " GPU "]\nmode = kept-free\n[card " TWIN "]\nmode = reserved\n");
	put_framebuffer(GPU, 0);
	put_framebuffer(TWIN, 1);
	kernel.consoles[0] = 0x7e;
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_uint_eq(kernel.consoles[1], 0);
	ck_assert_str_eq(udev_attribute(NULL, BIND), "0");
}
END_TEST

START_TEST(test_unbound)
{
	udev_configure("kept-free");
	put_framebuffer(GPU, 0);
	put_framebuffer(TWIN, 1);
	put_text(scratch.fd, BIND, "0\n");
	kernel.consoles[0] = 0x7e;
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_uint_eq(kernel.consoles[0], 0x7e);
}
END_TEST

/* Another framebuffer comes after they were taken from all. */
START_TEST(test_comes_later)
{
	udev_configure("kept-free");
	put_framebuffer(GPU, 0);
	kernel.consoles[0] = 0x7e;
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_str_eq(udev_attribute(NULL, BIND), "0");
	ck_assert_int_eq(faccessat(scratch.fd, RECORD, F_OK, 0), 0);
	/* Again, with nothing new. */
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_str_eq(udev_attribute(NULL, BIND), "0");

	put_framebuffer(TWIN, 1);
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_str_eq(udev_attribute(NULL, BIND), "1");
	ck_assert_uint_eq(kernel.consoles[0], 0);
	ck_assert_uint_eq(kernel.consoles[1], 0x7e);
	ck_assert_int_ne(faccessat(scratch.fd, RECORD, F_OK, 0), 0);
}
END_TEST

/* A record is no reason to bind what is bound, nor to find what is not there. */
START_TEST(test_bound_since)
{
	udev_configure("kept-free");
	put_framebuffer(TWIN, 1);
	put_text(scratch.fd, RECORD, "%s", "");
	ck_assert_int_eq(fchmodat(scratch.fd, "run/gpu-handoff", 0755, 0), 0);
	kernel.consoles[1] = 0x7e;
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_str_eq(udev_attribute(NULL, BIND), "1");
	ck_assert_uint_eq(kernel.consoles[1], 0x7e);
	ck_assert_int_ne(faccessat(scratch.fd, RECORD, F_OK, 0), 0);

	remove_all(scratch.fd, "sys/class/vtconsole/vtcon1");
	put_text(scratch.fd, RECORD, "%s", "");
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_int_ne(faccessat(scratch.fd, RECORD, F_OK, 0), 0);
}
END_TEST

/* Of two cards each: whether it is kept free, and what its framebuffer shows before and after. */
static const struct {
	const char *gpu, *twin; /* modes */
	uint64_t consoles[2], after[2];
	const char *bind; /* afterwards */
} takeovers[] = {
	{ "kept-free", "shared", { 0x7e, 0 }, { 0, 0x7e }, "1" },
	{ "kept-free", "shared", { 0x6, 0x78 }, { 0, 0x7e }, "1" },
	{ "shared", "kept-free", { 0, 0x7e }, { 0x7e, 0 }, "1" },
	{ "kept-free", "shared", { 0, 0x7e }, { 0, 0x7e }, "1" },
	{ "shared", "shared", { 0x7e, 0 }, { 0x7e, 0 }, "1" },
	{ "kept-free", "reserved", { 0, 0x7e }, { 0, 0x7e }, "0" },
	{ "kept-free", "kept-free", { 0, 0 }, { 0, 0 }, "1" },
};

START_TEST(test_takeover)
{
	put_text(scratch.fd, "etc/gpu-handoff.conf", "[card " GPU "]\nmode = %s\n[card " TWIN "]\nmode = %s\n",
		takeovers[_i].gpu, takeovers[_i].twin);
	put_framebuffer(GPU, 0);
	put_framebuffer(TWIN, 1);
	memcpy(kernel.consoles, takeovers[_i].consoles, sizeof(takeovers[_i].consoles));
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_uint_eq(kernel.consoles[0], takeovers[_i].after[0]);
	ck_assert_uint_eq(kernel.consoles[1], takeovers[_i].after[1]);
	ck_assert_str_eq(udev_attribute(NULL, BIND), takeovers[_i].bind);
}
END_TEST

/* A card without a framebuffer, and no configuration at all. */
START_TEST(test_nothing_to_release)
{
	udev_configure("kept-free");
	put_framebuffer(TWIN, 1);
	kernel.consoles[1] = 0x7e;
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	remove_all(scratch.fd, "etc/gpu-handoff.conf");
	put_framebuffer(GPU, 0);
	kernel.consoles[0] = 0x80;
	ck_assert_int_eq(consoles_settle(&host, &refusal), 0);
	ck_assert_uint_eq(kernel.consoles[0], 0x80);
	ck_assert_uint_eq(kernel.consoles[1], 0x7e);
	ck_assert_str_eq(udev_attribute(NULL, BIND), "1");
}
END_TEST

TCase *case_consoles(void)
{
	TCase *tcase = suite_case("consoles");

	tcase_add_checked_fixture(tcase, start, udev_stop);
	add_rows(tcase, test_release, releases);
	tcase_add_test(tcase, test_both_kept_free);
	tcase_add_test(tcase, test_unbound);
	tcase_add_test(tcase, test_comes_later);
	tcase_add_test(tcase, test_bound_since);
	add_rows(tcase, test_takeover, takeovers);
	tcase_add_test(tcase, test_nothing_to_release);
	return tcase;
}
