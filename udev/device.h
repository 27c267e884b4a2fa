/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udev: what a device of udev's has to do with PCI functions and USB ports, by its path below /sys. The path is a
 * stranger's: nothing leads out of /sys/devices, and what is said about a device is read from the device itself.
 * Nothing is read that takes a device's lock.
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"
#include "model/inventory.h"
#include "model/usb.h"

struct device {
	bool has_function;
	struct address function; /* that it is, or is below of */
	int group;               /* a VFIO group device: the number of the group; else -1 */
	bool is_usb;             /* a USB device, no hub's interface */
	struct usb_device usb;   /* port, vendor and product; the numbers that change are not read */
};

/*
 * Reads what a path as udev's $devpath, "/devices/...", leads to. Returns 0; -EINVAL for what is no such path; -ENOENT
 * when there is no such device any more; -errno.
 */
int device_find(const struct host *host, const char *devpath, struct device *ret);

/*
 * Adds the functions that it is about, and those of their slots and groups, to an inventory. Returns 0; -ENOENT when
 * they are gone; -errno.
 */
int device_probe_functions(const struct host *host, const struct device *device, struct inventory *inventory);
