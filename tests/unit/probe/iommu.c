// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/iommu.h"

#include <errno.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

START_TEST(test_kind)
{
	ck_assert_int_eq(iommu_kind("dmar12"), IOMMU_DMAR);
	ck_assert_int_eq(iommu_kind("ivhd0"), IOMMU_IVHD);
	ck_assert_int_eq(iommu_kind("smmu3.0x0000000009050000"), IOMMU_SMMU);
	ck_assert_int_eq(iommu_kind("virtio0"), IOMMU_OTHER);
}
END_TEST

START_TEST(test_iommus)
{
	struct scratch scratch;
	struct iommus iommus;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(iommus_probe(&host, &iommus), 0);
	ck_assert(!iommus.has_acpi && !iommus.has_class && !iommus.has_groups);
	put_text(scratch.fd, "sys/firmware/acpi/tables/IVRS", "%s", "");
	put_directory(scratch.fd, "sys/class/iommu/ivhd0");
	put_text(scratch.fd, "sys/kernel/iommu_groups/0/type", "identity\n");
	put_text(scratch.fd, "sys/kernel/iommu_groups/1/type", "DMA-FQ\n");
	put_text(scratch.fd, "sys/kernel/iommu_groups/2/type", "DMA\n");
	put_text(scratch.fd, "sys/kernel/iommu_groups/3/type", "blocked\n");
	put_directory(scratch.fd, "sys/kernel/iommu_groups/4");
	ck_assert_int_eq(iommus_probe(&host, &iommus), 0);
	ck_assert(iommus.has_acpi && iommus.has_ivrs && !iommus.has_dmar && !iommus.has_iort);
	ck_assert(iommus.has_class && iommus.has_groups);
	ck_assert_uint_eq(iommus.n_units[IOMMU_IVHD], 1);
	ck_assert_uint_eq(iommus.n_groups, 5);
	ck_assert(iommus.n_identity == 1 && iommus.n_lazy == 1 && iommus.n_strict == 1);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

static const struct {
	const char *first, *second; /* NULL: no such interrupt */
	int remapped;
} chips[] = {
	{ "IO-APIC", "IR-PCI-MSIX-0000:01:00.0", 1 },
	{ "vIR-PCI-MSI-0000:01:00.0", NULL, 1 },
	{ "IO-APIC", "DMAR-MSI", 0 },
	{ "PCI-MSI", NULL, 0 },
	/* Of ARM, and of what stands on no remapping ever: they tell nothing. */
	{ "GICv3", "ITS-PCI-MSI-0000:01:00.0", -ENODATA },
	{ "DMAR-MSI", "acpi", -ENODATA },
	{ NULL, NULL, -ENODATA },
};

START_TEST(test_remapping)
{
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	if (chips[_i].first)
		put_text(scratch.fd, "sys/kernel/irq/0/chip_name", "%s\n", chips[_i].first);
	if (chips[_i].second)
		put_text(scratch.fd, "sys/kernel/irq/30/chip_name", "%s\n", chips[_i].second);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(remapping_probe(&host), chips[_i].remapped);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* Every unit has to be able to. */
START_TEST(test_capability)
{
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys/class/iommu/ivhd0");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(remapping_probe_capability(&host), -ENODATA);
	put_text(scratch.fd, "sys/class/iommu/dmar0/intel-iommu/ecap", "f0101a\n");
	ck_assert_int_eq(remapping_probe_capability(&host), 1);
	put_text(scratch.fd, "sys/class/iommu/dmar1/intel-iommu/ecap", "1000\n");
	ck_assert_int_eq(remapping_probe_capability(&host), 0);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_iommu(void)
{
	TCase *tcase = suite_case("iommu");

	tcase_add_test(tcase, test_kind);
	tcase_add_test(tcase, test_iommus);
	add_rows(tcase, test_remapping, chips);
	tcase_add_test(tcase, test_capability);
	return tcase;
}
