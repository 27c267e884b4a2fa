// SPDX-License-Identifier: GPL-2.0-or-later
/* What is reserved gets vfio-pci or nothing, and nobody else loses a driver for it. */
#include "udev/reserve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/udev/udev.h"

static struct refusal refusal;

static void unbind(const char *address)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "bus/pci/drivers/%s/unbind", udev_driver(address));
	ck_assert_int_eq(fake_kernel_write(&host, path, address), 0);
	ck_assert_str_eq(udev_driver(address), "");
}

static int reserve(const char *text)
{
	struct address address;

	ck_assert_int_eq(address_parse(text, &address), 0);
	return reserve_function(&host, address, &refusal);
}

static void expect_twin_untouched(void)
{
	ck_assert_str_eq(udev_driver(TWIN), "nvidia");
	ck_assert_str_eq(udev_driver(TWIN_SOUND), "snd_hda_intel");
	ck_assert_str_eq(udev_attribute(TWIN, "driver_override"), "(null)");
}

static const struct {
	const char *mode;   /* NULL: no configuration */
	bool bound, loaded; /* to the host's driver; vfio-pci is */
	const char *driver; /* afterwards */
	const char *says;   /* the refusal, NULL for none */
} functions[] = {
	{ "reserved", false, true, "vfio-pci", NULL },
	{ "reserved", false, false, "", "'" GPU "' is reserved, but vfio-pci has not taken it" },
	{ "reserved", true, true, "nvidia", "'nvidia' had it before udev's rules were read" },
	{ "kept-free", false, true, "", "'" GPU "' is not reserved" },
	{ "shared", false, true, "", "'" GPU "' is not reserved" },
	{ NULL, false, true, "", "'" GPU "' is not reserved" },
};

START_TEST(test_function)
{
	if (functions[_i].mode)
		udev_configure(functions[_i].mode);
	if (functions[_i].loaded)
		ck_assert_int_eq(host.kernel->load_module(&host, "vfio-pci", 0), 0);
	if (!functions[_i].bound)
		unbind(GPU);
	ck_assert_int_eq(reserve(GPU), functions[_i].says ? -ECANCELED : 0);
	if (functions[_i].says)
		ck_assert_ptr_nonnull(strstr(refusal.sentence, functions[_i].says));
	ck_assert_str_eq(udev_driver(GPU), functions[_i].driver);
	expect_twin_untouched();
	/* Once more changes nothing. */
	ck_assert_int_eq(reserve(GPU), functions[_i].says ? -ECANCELED : 0);
	ck_assert_str_eq(udev_driver(GPU), functions[_i].driver);
}
END_TEST

START_TEST(test_twin)
{
	udev_configure("reserved");
	unbind(TWIN);
	ck_assert_int_eq(host.kernel->load_module(&host, "vfio-pci", 0), 0);
	ck_assert_int_eq(reserve(TWIN), -ECANCELED);
	ck_assert_str_eq(udev_driver(TWIN), "");
	ck_assert_int_eq(reserve("0000:ff:00.0"), -ECANCELED);
}
END_TEST

/* A driver that has not let go of a function keeps its lock: nothing is asked of it. */
START_TEST(test_poisoned)
{
	udev_configure("reserved");
	unbind(GPU);
	kernel.stuck_file = "/unbind";
	kernel.locked = true;
	(void)snprintf(kernel.stuck, sizeof(kernel.stuck), GPU);
	put_text(scratch.fd, "run/gpu-handoff/poisoned/" GPU ".journal", "%s", "");
	ck_assert_int_eq(reserve(GPU), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(refusal.sentence, "'poisoned'"));
	ck_assert_int_eq(reserve_hold(&host, &refusal), 0);
	ck_assert_uint_eq(kernel.asked_of_locked, 0);
}
END_TEST

START_TEST(test_stuck)
{
	udev_configure("reserved");
	unbind(GPU);
	kernel.stuck_file = "/drivers_probe";
	(void)snprintf(kernel.stuck, sizeof(kernel.stuck), GPU);
	ck_assert_int_eq(reserve(GPU), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(refusal.sentence, "it has not answered"));
}
END_TEST

static void probe(const char *address)
{
	ck_assert_int_eq(fake_kernel_write(&host, "bus/pci/drivers_probe", address), 0);
}

/* The driver that is loaded for the twin finds nothing else to take. */
START_TEST(test_hold)
{
	udev_configure("reserved");
	unbind(GPU);
	unbind(TWIN);
	ck_assert_int_eq(reserve_hold(&host, &refusal), 0);
	ck_assert_str_eq(udev_attribute(GPU, "driver_override"), "vfio-pci");
	ck_assert_str_eq(udev_attribute(SOUND, "driver_override"), "(null)");
	probe(GPU);
	probe(TWIN);
	ck_assert_str_eq(udev_driver(GPU), "");
	ck_assert_str_eq(udev_driver(SOUND), "snd_hda_intel");
	expect_twin_untouched();
}
END_TEST

/* One function that does not answer keeps nobody from holding the others. */
START_TEST(test_hold_rest)
{
	udev_configure("reserved");
	unbind(GPU);
	unbind(SOUND);
	kernel.stuck_file = "/driver_override";
	(void)snprintf(kernel.stuck, sizeof(kernel.stuck), GPU);
	ck_assert_int_eq(reserve_hold(&host, &refusal), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(refusal.sentence, GPU));
	ck_assert_str_eq(udev_attribute(SOUND, "driver_override"), "vfio-pci");
}
END_TEST

START_TEST(test_hold_nothing)
{
	unbind(GPU);
	ck_assert_int_eq(reserve_hold(&host, &refusal), 0);
	udev_configure("kept-free");
	ck_assert_int_eq(reserve_hold(&host, &refusal), 0);
	ck_assert_str_eq(udev_attribute(GPU, "driver_override"), "(null)");
}
END_TEST

TCase *case_reserve(void)
{
	TCase *tcase = suite_case("reserve");

	tcase_add_checked_fixture(tcase, udev_start, udev_stop);
	add_rows(tcase, test_function, functions);
	tcase_add_test(tcase, test_twin);
	tcase_add_test(tcase, test_poisoned);
	tcase_add_test(tcase, test_stuck);
	tcase_add_test(tcase, test_hold);
	tcase_add_test(tcase, test_hold_rest);
	tcase_add_test(tcase, test_hold_nothing);
	return tcase;
}
