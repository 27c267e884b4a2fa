// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions, and devices below them, that vanish between two reads: they were never there. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "probe/below.h"
#include "probe/inventory.h"
#include "tests/support/fault.h"
#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/unit/probe/probe.h"

#define GPU   "0000:02:00.0"
#define OTHER "0000:00:02.0"
#define AT    "sys/bus/pci/devices/" GPU

static struct scratch scratch;
static struct host host;
static struct address gpu, other;
static struct inventory inventory;

static void set_up(void)
{
	json_object *record = record_load("rocketlake-i7-11700-rtx2060");

	scratch_make(&scratch);
	record_dress(record);
	tree_write(scratch.fd, record, NULL);
	json_object_put(record);
	/* One that does not say how it is reset is there all the same. */
	remove_all(scratch.fd, AT "/reset_method");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(address_parse(GPU, &gpu), 0);
	ck_assert_int_eq(address_parse(OTHER, &other), 0);
}

static void tear_down(void)
{
	fault_disarm(0);
	host_close(&host);
	scratch_remove(&scratch);
}

/* What a read of sysfs says when its device is gone (kernfs), and when it is there and does not work. */
static const struct {
	int error, function, below;
} errors[] = {
	{ ENODEV, -ENOENT, -ENOENT },
	{ ENXIO, -ENOENT, -ENOENT },
	{ EIO, -EIO, -EBADMSG },
};

static int probe(void)
{
	struct function function;

	return function_probe(&host, gpu, &function);
}

static int probe_class(void)
{
	bool may_be;

	return function_may_be_display(&host, gpu, &may_be);
}

static int probe_override(void)
{
	struct function function = { .address = gpu };

	return function_probe_override(&host, &function);
}

static int with_below(int (*ask)(const struct below *below))
{
	const struct below below = { .directory = openat(scratch.fd, AT, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	int r = ask(&below);

	ck_assert_int_ge(below.directory, 0);
	(void)close(below.directory);
	return r;
}

static int ask_number(const struct below *below)
{
	uint32_t number;

	return below_read_number(below, "irq", &number);
}

static int ask_device(const struct below *below)
{
	uint32_t major, minor;

	return below_read_device(below, &major, &minor);
}

static int probe_number(void)
{
	return with_below(ask_number);
}

static int probe_device(void)
{
	return with_below(ask_device);
}

/* At each read that a question makes, its answer is another one. */
static void fail_each(int (*question)(void), int error, int expected)
{
	unsigned int n;

	fault_disarm(FAULT_READ);
	ck_assert_int_eq(question(), 0);
	n = fault_count();
	ck_assert_uint_gt(n, 0);
	for (unsigned int i = 1; i <= n; i++) {
		fault_arm(&(struct fault){ .kind = FAULT_ERROR, .scope = FAULT_READ, .at = i, .error = error });
		ck_assert_msg(question() == expected, "read %u of %u", i, n);
		ck_assert_uint_ge(fault_count(), i);
	}
	fault_disarm(0);
}

START_TEST(test_function)
{
	fail_each(probe, errors[_i].error, errors[_i].function);
	fail_each(probe_class, errors[_i].error, errors[_i].function);
	fail_each(probe_override, errors[_i].error, errors[_i].function);
}
END_TEST

START_TEST(test_below)
{
	put_text(scratch.fd, AT "/irq", "42\n");
	put_text(scratch.fd, AT "/dev", "8:0\n");
	fail_each(probe_number, errors[_i].error, errors[_i].below);
	fail_each(probe_device, errors[_i].error, errors[_i].below);
}
END_TEST

/* One of the host's cards goes while they are listed: the other is there. */
START_TEST(test_list)
{
	unsigned int n, n_left_out = 0;

	fault_disarm(FAULT_READ);
	ck_assert_int_ge(inventory_probe_displays(&host, &inventory), 0);
	n = fault_count();
	ck_assert_ptr_nonnull(inventory_find(&inventory, gpu));
	ck_assert_ptr_nonnull(inventory_find(&inventory, other));
	for (unsigned int i = 1; i <= n; i++) {
		bool has_gpu, has_other;

		inventory.n_functions = 0;
		fault_arm(&(struct fault){ .kind = FAULT_ERROR, .scope = FAULT_READ, .at = i, .error = ENODEV });
		ck_assert_int_ge(inventory_probe_displays(&host, &inventory), 0);
		fault_disarm(0);
		has_gpu = inventory_find(&inventory, gpu);
		has_other = inventory_find(&inventory, other);
		ck_assert(has_gpu || has_other);
		n_left_out += !has_gpu;
	}
	ck_assert_uint_gt(n_left_out, 0);
}
END_TEST

TCase *case_vanish(void)
{
	TCase *tcase = suite_case("vanish");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, test_function, errors);
	add_rows(tcase, test_below, errors);
	tcase_add_test(tcase, test_list);
	return tcase;
}
