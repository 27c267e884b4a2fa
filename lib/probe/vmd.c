// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/vmd.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/function.h"
#include "probe/inventory.h"

#define INTEL 0x8086

bool vmd_has_ids(uint16_t vendor, uint16_t device)
{
	static const uint16_t devices[] = { 0x201d, 0x28c0, 0x467f, 0x4c3d, 0x7d0b, 0x9a0b, 0xa77f, 0xad0b, 0xb06f,
		0xb07f, 0xb60b };

	for (size_t i = 0; vendor == INTEL && i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (devices[i] == device)
			return true;
	}
	return false;
}

/* One that is gone meanwhile is none. Those that come after this table was written have the driver. */
static void look(const struct host *host, struct address address, struct vmds *ret)
{
	struct function function;

	if (function_probe(host, address, &function) < 0)
		return;
	if (address.domain >= VMD_DOMAIN_FIRST)
		ret->n_behind += !function_is_bridge(&function);
	else if ((vmd_has_ids(function.vendor, function.device) || strcmp(function.driver, "vmd") == 0) &&
		 ret->n_vmds < VMDS_MAX)
		ret->vmds[ret->n_vmds++] = address;
}

static int compare(const void *a, const void *b)
{
	return address_compare(*(const struct address *)a, *(const struct address *)b);
}

int vmds_probe(const struct host *host, struct vmds *ret)
{
	const struct dirent *entry;
	struct address address;
	DIR *list;
	int r = beneath_list(host->sys, "bus/pci/devices", &list);

	*ret = (struct vmds){ .n_vmds = 0 };
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while ((errno = 0, entry = readdir(list))) {
		if (address_parse(entry->d_name, &address) == 0)
			look(host, address, ret);
	}
	r = -errno;
	closedir(list);
	qsort(ret->vmds, ret->n_vmds, sizeof(ret->vmds[0]), compare);
	return r;
}
