// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/virtual.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DMI         "class/dmi/id/"
#define DEVICE_TREE "firmware/devicetree/base"

/* Beginnings of what firmware of virtual machines calls its maker or its product. */
static const char *const names[] = { "QEMU", "KVM", "VMware", "innotek GmbH", "VirtualBox", "Xen", "Bochs", "Parallels",
	"BHYVE", "OpenStack", "KubeVirt", "Apple Virtualization", "Google Compute Engine" };

static bool is_listed(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

bool virtual_is_name(const char *vendor, const char *product)
{
	if (strcmp(vendor, "Microsoft Corporation") == 0)
		return strcmp(product, "Virtual Machine") == 0;
	return is_listed(vendor) || is_listed(product);
}

/* Amazon's machines of metal and its virtual ones have the same names: these tell nothing, so they are not listed. */
int virtual_probe(const struct host *host, const struct cpuinfo *cpuinfo, char name[VIRTUAL_NAME_SIZE])
{
	char vendor[VIRTUAL_NAME_SIZE], product[VIRTUAL_NAME_SIZE];
	bool has_names;

	has_names = attribute_read(host->sys, DMI "sys_vendor", vendor, sizeof(vendor)) > 0;
	has_names = attribute_read(host->sys, DMI "product_name", product, sizeof(product)) > 0 || has_names;
	(void)snprintf(name, VIRTUAL_NAME_SIZE, "%s", vendor[0] ? vendor : product);
	if (cpuinfo && cpuinfo->has_flags)
		return cpuinfo->hypervisor;
	if (has_names)
		return virtual_is_name(vendor, product);
	if (beneath_has(host->sys, DEVICE_TREE))
		return beneath_has(host->sys, DEVICE_TREE "/hypervisor") ||
		       beneath_has(host->sys, DEVICE_TREE "/fw-cfg");
	return -ENODATA;
}
