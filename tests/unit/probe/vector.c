// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/vector.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define DEVICE "sys/devices/pci0000:00/0000:01:00.0"

static struct scratch scratch;
static struct host host;
static struct vectors vectors;
static const struct address address = { .bus = 1 };

static void setup(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, DEVICE);
	put_link(scratch.fd, "sys/bus/pci/devices/0000:01:00.0", DEVICE);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
}

static void teardown(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static void put_vector(int number, const char *actions)
{
	char path[128];

	(void)snprintf(path, sizeof(path), DEVICE "/msi_irqs/%d", number);
	put_text(scratch.fd, path, "msix\n");
	(void)snprintf(path, sizeof(path), "sys/kernel/irq/%d/actions", number);
	if (actions)
		put_text(scratch.fd, path, "%s\n", actions);
}

START_TEST(test_vectors)
{
	put_vector(130, "vfio-msix[2](0000:01:00.0)");
	put_vector(29, "vfio-msix[0](0000:01:00.0)");
	put_vector(31, "vfio-msi[0](0000:01:00.0)");
	put_vector(32, "");
	put_vector(33, NULL);
	put_vector(34, "nvidia");
	put_vector(35, "xvfio-msi");
	put_vector(36, "vfio-intx(0000:01:00.0)");
	put_text(scratch.fd, DEVICE "/msi_irqs/x", "msi\n");
	ck_assert_int_eq(vectors_probe(&host, address, &vectors), 0);
	ck_assert_uint_eq(vectors.n_vectors, 3);
	ck_assert_uint_eq(vectors.vectors[0].number, 29);
	ck_assert_uint_eq(vectors.vectors[1].number, 31);
	ck_assert_uint_eq(vectors.vectors[2].number, 130);
}
END_TEST

/* The file of a vector that has come again is another one. */
START_TEST(test_birth)
{
	ino_t birth;

	put_vector(29, "vfio-msix[0](0000:01:00.0)");
	ck_assert_int_eq(vectors_probe(&host, address, &vectors), 0);
	birth = vectors.vectors[0].birth;
	ck_assert_int_eq(vectors_probe(&host, address, &vectors), 0);
	ck_assert(vectors.vectors[0].birth == birth);
	put_text(scratch.fd, DEVICE "/new", "msix\n");
	ck_assert_int_eq(renameat(scratch.fd, DEVICE "/new", scratch.fd, DEVICE "/msi_irqs/29"), 0);
	ck_assert_int_eq(vectors_probe(&host, address, &vectors), 0);
	ck_assert(vectors.vectors[0].birth != birth);
}
END_TEST

static const struct {
	const char *actions;
	bool is;
} names[] = {
	{ "vfio-msix[0](0000:01:00.0)", true },
	{ "vfio-msi[12](0000:01:00.0)", true },
	{ "vfio-msix[0](0000:01:00.1)", false },
	{ "vfio-msix[0](1000:01:00.0)", false },
	{ "vfio-msix[0](10000:01:00.0)", false },
	{ "vfio-msix[0]0000:01:00.0", false },
	{ "vfio-intx(0000:01:00.0)", false },
	{ "nvidia(0000:01:00.0)", false },
	{ "", false },
};

START_TEST(test_names)
{
	ck_assert(interrupt_is_vector_of(names[_i].actions, address) == names[_i].is);
}
END_TEST

START_TEST(test_cpus)
{
	struct cpuset cpus;

	put_text(scratch.fd, "proc/irq/29/smp_affinity", "00000000,00000006\n");
	put_text(scratch.fd, "proc/irq/30/smp_affinity", "?\n");
	host_close(&host);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(interrupt_probe_cpus(&host, 29, &cpus), 0);
	ck_assert_str_eq(cpuset_text(&cpus).s, "1-2");
	ck_assert_int_eq(interrupt_probe_cpus(&host, 30, &cpus), -EBADMSG);
	ck_assert_int_eq(interrupt_probe_cpus(&host, 31, &cpus), -ENOENT);
}
END_TEST

START_TEST(test_none)
{
	const struct address other = { .bus = 2 };

	vectors.n_vectors = 9;
	ck_assert_int_eq(vectors_probe(&host, address, &vectors), 0);
	ck_assert_uint_eq(vectors.n_vectors, 0);
	ck_assert_int_eq(vectors_probe(&host, other, &vectors), 0);
}
END_TEST

START_TEST(test_many)
{
	for (int i = 0; i < VECTORS_MAX; i++)
		put_vector(i, "vfio-msix[0](0000:01:00.0)");
	ck_assert_int_eq(vectors_probe(&host, address, &vectors), 0);
	ck_assert_uint_eq(vectors.n_vectors, VECTORS_MAX);
	put_vector(VECTORS_MAX, "vfio-msix[0](0000:01:00.0)");
	ck_assert_int_eq(vectors_probe(&host, address, &vectors), -E2BIG);
}
END_TEST

TCase *case_vector(void)
{
	TCase *tcase = suite_case("vector");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_vectors);
	tcase_add_test(tcase, test_birth);
	add_rows(tcase, test_names, names);
	tcase_add_test(tcase, test_cpus);
	tcase_add_test(tcase, test_none);
	tcase_add_test(tcase, test_many);
	return tcase;
}
