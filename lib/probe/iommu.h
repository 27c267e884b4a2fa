/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the IOMMUs of the host, as firmware announces them, as the kernel uses them, and the groups that come of it
 * (Documentation/ABI/testing/sysfs-class-iommu, sysfs-kernel-iommu_groups, sysfs-firmware-acpi).
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"

enum iommu_kind {
	IOMMU_DMAR, /* Intel VT-d */
	IOMMU_IVHD, /* AMD-Vi */
	IOMMU_SMMU, /* ARM */
	IOMMU_OTHER,
	IOMMU_KINDS_
};

struct iommus {
	/* The firmware's tables; they tell only where there are ACPI tables at all. */
	bool has_acpi, has_dmar, has_ivrs, has_iort;
	/* Those that the kernel uses; only where the kernel tells of such things. */
	bool has_class;
	unsigned int n_units[IOMMU_KINDS_];
	/* Groups, and how many of them have which type; only where the kernel has a directory of groups. */
	bool has_groups;
	unsigned int n_groups, n_identity, n_lazy, n_strict;
};

/* Fills *ret with what the host tells. Returns 0, or -errno when something of it cannot be listed. */
int iommus_probe(const struct host *host, struct iommus *ret);

/* Of whose drivers a name below class/iommu is: dmar0, ivhd0, smmu3.0x0000000009050000. Pure. */
enum iommu_kind iommu_kind(const char *name);

/*
 * Whether interrupts are remapped, on x86: interrupt controllers that stand on the remapping have names with IR in
 * front (/sys/kernel/irq/N/chip_name; arch/x86/kernel/apic/io_apic.c, drivers/iommu/intel/irq_remapping.c,
 * drivers/iommu/amd/iommu.c). Returns 1, 0; -ENODATA when no interrupt tells; -errno.
 */
int remapping_probe(const struct host *host);

/* Whether all of Intel's units can remap: bit 3 of the extended capabilities. Returns 1, 0; -ENODATA; -errno. */
int remapping_probe_capability(const struct host *host);
