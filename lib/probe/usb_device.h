/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: USB devices that are plugged in (Documentation/ABI/stable/sysfs-bus-usb, testing/sysfs-bus-usb). Reads nothing
 * that takes the lock of a device.
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"
#include "model/function.h"
#include "model/usb.h"

/* Long enough for a dock behind Thunderbolt. */
#define USB_PATH_SIZE 1024

#define USB_DISK_DEADLINE_MS 10000

struct usb_plugged {
	struct usb_device device;
	bool is_hub;
	char path[USB_PATH_SIZE];   /* below /sys: "devices/pci0000:00/0000:00:14.0/usb1/1-4" */
	char carries[CARRIES_SIZE]; /* why the host lives on it, as the end of a sentence; "" it does not */
};

/*
 * The port at the end of the path of a device, "/devices/pci0000:00/0000:00:14.0/usb1/1-4", with /sys before it or
 * without. Whether it is there is not asked. Returns 0, or -EINVAL for what is no path of a USB device: root hubs are
 * none.
 */
int usb_path_port(const char *path, char ret[USB_PORT_SIZE]);

/* Reads what a path, as above, leads to. Returns 0; -ENOENT; -EINVAL; -EBADMSG for attributes that are none; -errno. */
int usb_device_probe(const struct host *host, const char *path, struct usb_device *ret);

/*
 * The same, and all else, of what is plugged in at a port. Returns 0; -ENOENT when there is nothing, and -ENODEV when
 * it is just going; -EINVAL; -EBADMSG for attributes that are none; -errno.
 */
int usb_plugged_probe(const struct host *host, const char *port, struct usb_plugged *ret);

/*
 * Adds to carries, where that is empty, a disk of the device, or of what is below it, that somebody has for himself
 * alone (probe/disk.h): of what no table names, and critical_probe_device() cannot see. It opens the disks, and keeps
 * them for a moment from who else wants one alone: not to be asked of a device that nobody wants to take. Returns 0;
 * KERNEL_STUCK; -EACCES when a disk is not for us to open, and nothing else was found; -errno: then it is not known.
 */
int usb_plugged_probe_disks(const struct host *host, struct usb_plugged *plugged);

/*
 * Calls a function with each port at which a USB device is plugged in, until it returns below 0. Returns 0; what the
 * function returned; -errno.
 */
int usb_plugged_each(const struct host *host, int (*visit)(void *data, const char *port), void *data);
