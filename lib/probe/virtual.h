/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: whether the host is itself a virtual machine. On x86 the processor says so to every guest; elsewhere firmware
 * tells, by the names in its tables (Documentation/ABI/testing/sysfs-firmware-dmi-tables) or its device tree.
 */
#pragma once

#include "host/host.h"
#include "probe/cpuinfo.h"

#define VIRTUAL_NAME_SIZE 64

/*
 * cpuinfo is NULL where the host does not tell of its processors. Fills the name of the hypervisor, a stranger's text,
 * "" when it is not told. Returns 1; 0 when it is none; -ENODATA when it cannot be told. The first domain of Xen is
 * one as well.
 */
int virtual_probe(const struct host *host, const struct cpuinfo *cpuinfo, char name[VIRTUAL_NAME_SIZE]);

/* Whether names of firmware's tables are those of a virtual machine. Pure. */
bool virtual_is_name(const char *vendor, const char *product);
