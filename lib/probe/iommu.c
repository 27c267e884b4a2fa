// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/iommu.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define GROUPS "kernel/iommu_groups"
#define CLASS  "class/iommu"
#define IRQS   "kernel/irq"
#define TABLES "firmware/acpi/tables"

/* ecap_ir_support() of drivers/iommu/intel/iommu.h. */
#define ECAP_REMAPPING 3

/*
 * Calls a function with each name in a directory of sysfs until it returns other than 0. Returns that, 0 at the end,
 * or -errno.
 */
static int each_name(const struct host *host, const char *path,
	int (*visit)(const struct host *host, const char *name, void *data), void *data)
{
	const struct dirent *entry;
	DIR *list;
	int r = beneath_list(host->sys, path, &list);

	if (r < 0)
		return r;
	while (r == 0 && (errno = 0, entry = readdir(list))) {
		if (entry->d_name[0] != '.')
			r = visit(host, entry->d_name, data);
	}
	r = r != 0 ? r : -errno;
	closedir(list);
	return r;
}

enum iommu_kind iommu_kind(const char *name)
{
	static const char *const prefixes[] = {
		[IOMMU_DMAR] = "dmar",
		[IOMMU_IVHD] = "ivhd",
		[IOMMU_SMMU] = "smmu",
	};

	for (enum iommu_kind kind = IOMMU_DMAR; kind < IOMMU_OTHER; kind++) {
		if (strncmp(name, prefixes[kind], strlen(prefixes[kind])) == 0)
			return kind;
	}
	return IOMMU_OTHER;
}

static int visit_unit(const struct host *host, const char *name, void *data)
{
	struct iommus *iommus = data;

	(void)host;
	iommus->n_units[iommu_kind(name)]++;
	return 0;
}

/* The type of a group takes the lock of the group for a moment, and no device's. */
static int visit_group(const struct host *host, const char *name, void *data)
{
	struct iommus *iommus = data;
	char path[sizeof(GROUPS "//type") + 256], type[32];

	iommus->n_groups++;
	(void)snprintf(path, sizeof(path), GROUPS "/%s/type", name);
	if (attribute_read(host->sys, path, type, sizeof(type)) < 0)
		return 0;
	iommus->n_identity += strcmp(type, "identity") == 0;
	iommus->n_lazy += strcmp(type, "DMA-FQ") == 0;
	iommus->n_strict += strcmp(type, "DMA") == 0;
	return 0;
}

int iommus_probe(const struct host *host, struct iommus *ret)
{
	int r;

	*ret = (struct iommus){
		.has_acpi = beneath_has(host->sys, TABLES),
		.has_dmar = beneath_has(host->sys, TABLES "/DMAR"),
		.has_ivrs = beneath_has(host->sys, TABLES "/IVRS"),
		.has_iort = beneath_has(host->sys, TABLES "/IORT"),
		.has_class = beneath_has(host->sys, CLASS),
		.has_groups = beneath_has(host->sys, GROUPS),
	};
	r = ret->has_class ? each_name(host, CLASS, visit_unit, ret) : 0;
	if (r == 0 && ret->has_groups)
		r = each_name(host, GROUPS, visit_group, ret);
	return r;
}

/* 1 for a controller that stands on the remapping; *data is set when there is one that could. */
static int visit_interrupt(const struct host *host, const char *name, void *data)
{
	char path[sizeof(IRQS "//chip_name") + 256], chip[64];
	bool *could = data;

	(void)snprintf(path, sizeof(path), IRQS "/%s/chip_name", name);
	if (attribute_read(host->sys, path, chip, sizeof(chip)) < 0)
		return 0;
	/* vIR: remapped by the IOMMU that a virtual machine has. */
	if (strncmp(chip, "IR-", 3) == 0 || strncmp(chip, "vIR-", 4) == 0)
		return 1;
	*could = *could || strcmp(chip, "IO-APIC") == 0 || strncmp(chip, "PCI-MSI", 7) == 0;
	return 0;
}

int remapping_probe(const struct host *host)
{
	bool could = false;
	int r = each_name(host, IRQS, visit_interrupt, &could);

	if (r != 0)
		return r == -ENOENT ? -ENODATA : r;
	return could ? 0 : -ENODATA;
}

static int visit_capability(const struct host *host, const char *name, void *data)
{
	char path[sizeof(CLASS "//intel-iommu/ecap") + 256], text[32];
	unsigned int *n = data;
	uint64_t capabilities;

	(void)snprintf(path, sizeof(path), CLASS "/%s/intel-iommu/ecap", name);
	if (attribute_read(host->sys, path, text, sizeof(text)) < 0 ||
		text_parse_number(text, 16, UINT64_MAX, &capabilities) < 0)
		return 0;
	++*n;
	return capabilities >> ECAP_REMAPPING & 1 ? 0 : -ENOTSUP;
}

int remapping_probe_capability(const struct host *host)
{
	unsigned int n = 0;
	int r = each_name(host, CLASS, visit_capability, &n);

	if (r == -ENOTSUP)
		return 0;
	if (r < 0)
		return r == -ENOENT ? -ENODATA : r;
	return n ? 1 : -ENODATA;
}
