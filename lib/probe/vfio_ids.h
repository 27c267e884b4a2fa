/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: who else gives functions to vfio-pci, by ids: its parameter "ids", on the kernel's command line
 * (Documentation/admin-guide/kernel-parameters.rst) or in a file of modprobe.d(5).
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"
#include "model/function.h"

/* "/etc/modprobe.d/vfio.conf", and any name that a directory can have */
#define VFIO_IDS_PLACE_SIZE (sizeof("/etc/modprobe.d/") + 256)

/* Where the ids are on the command line, as the place. */
#define VFIO_IDS_CMDLINE "vfio-pci.ids"

/*
 * Whether a list of ids has a function, as the driver reads it (drivers/vfio/pci/vfio_pci.c): hexadecimal, vendor and
 * device, and as many of subvendor, subdevice, class and its mask as there are. "10de:2184,10de:1aeb:1043:8767"
 */
bool vfio_ids_match(const char *ids, const struct function *function);

/* Whether a command line of the kernel gives vfio-pci a function; and whether a file of modprobe.d(5) does. */
bool vfio_ids_in_cmdline(const char *cmdline, const struct function *function);
bool vfio_ids_in_options(const char *options, const struct function *function);

/*
 * Finds what gives vfio-pci a function: VFIO_IDS_CMDLINE, or the path of a file in /etc/modprobe.d. Returns 1, or 0
 * when nothing does, or nothing can be read.
 */
int vfio_ids_find(const struct host *host, const struct function *function, char place[VFIO_IDS_PLACE_SIZE]);
