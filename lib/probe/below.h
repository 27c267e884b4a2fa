/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the devices below a PCI function, as sysfs nests them (Documentation/admin-guide/sysfs-rules.rst): its
 * screens, sound cards, disks, whatever the drivers that are bound to it have registered.
 */
#pragma once

#include <stddef.h>

#include "host/host.h"
#include "model/address.h"

/* Deeper than any device: seven hubs of USB with a disk behind them are some twenty. */
#define BELOW_DEPTH_MAX 40

struct below {
	int directory;         /* the device's, to read attributes in */
	const char *name;      /* the last part of it */
	const char *subsystem; /* "drm" */
};

/* Called for each of them. Returns 0 to go on, -errno to end the walk. */
typedef int (*below_visit)(void *data, const struct below *below);

/*
 * Visits the devices below a function, each before those below itself, but no other PCI function and what is below
 * that. What goes away meanwhile is left out. Takes no lock of a device. Returns 0; -ENOENT when the function is not
 * there, -ELOOP when it goes too deep, -errno, or what the visitor returned.
 */
int below_walk(const struct host *host, struct address address, below_visit visit, void *data);

/* The same, of any device, by its path below /sys. */
int below_walk_path(const struct host *host, const char *path, below_visit visit, void *data);

/* Reads a device's attribute of decimal digits. Returns 0, -ENOENT, -EBADMSG. */
int below_read_number(const struct below *below, const char *name, uint32_t *ret);

/* Reads its device number. Returns 0, -ENOENT when it has none, -EBADMSG. */
int below_read_device(const struct below *below, uint32_t *ret_major, uint32_t *ret_minor);

/*
 * What the kernel calls its node below /dev, as much of it as fits: "dri/card0". By its subsystem and name, where sysfs
 * has '!' for a slash; uevent would tell, under the device's lock.
 */
void below_name(const struct below *below, uint32_t major, char *name, size_t size);
