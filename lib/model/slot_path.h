/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: where a PCI function is plugged in: its root bus with the device there, then a device below each bridge, as
 * 'lspci -DP' writes it: 0000:00:01.0/00.0. Numbers of buses are given anew when something else is plugged in; this
 * stays the same.
 */
#pragma once

#include <stdbool.h>

#include "model/address.h"

/* Of eight bridges one below the other. */
#define SLOT_PATH_SIZE 64

struct slot_path {
	char s[SLOT_PATH_SIZE];
};

/*
 * Of a function whose link in /sys/bus/pci/devices leads there: ../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0.
 * Behind Intel VMD it begins at the root bus of the domain that VMD makes. Returns 0; -EINVAL for anything else,
 * -E2BIG.
 */
int slot_path_from_link(const char *target, struct slot_path *ret);

/*
 * The function that a device is, or is below of, by its path below /sys: that of devices/pci0000:00/0000:00:01.0/
 * 0000:01:00.0/drm/card0 is 0000:01:00.0. Returns whether there is one.
 */
bool slot_path_find_function(const char *path, struct address *ret);

/* Reads one that a person wrote: as above, hexadecimal in any case; ret is as sysfs writes it. Returns 0, or -EINVAL.
 */
int slot_path_parse(const char *text, struct slot_path *ret);
