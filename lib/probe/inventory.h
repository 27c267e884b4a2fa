/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: PCI functions from sysfs (Documentation/ABI/testing/sysfs-bus-pci). What is read takes no device lock, so it
 * does not block on a device whose driver is stuck in probe() or remove(). driver_override does, and is asked for
 * only where it is going to be changed, with a deadline.
 */
#pragma once

#include "host/host.h"
#include "model/inventory.h"

/* The directory of a function, to read attributes in. Returns the descriptor, or -ENOENT. */
int function_open(const struct host *host, struct address address);

/*
 * Tells a function from one that comes to its address later: the number of its directory, which sysfs gives to no other
 * (kernfs_id_ino(), include/linux/kernfs.h). Returns 0, -ENOENT when it is not on this host, -errno.
 */
int function_identify(const struct host *host, struct address address, uint64_t *ret);

/* Reads one function. Returns 0, -ENOENT when it is not on this host, -E2BIG when something in it is too long. */
int function_probe(const struct host *host, struct address address, struct function *ret);

/* Whether its class lets it be a display function: *ret; one that is gone is none. Returns 0, or -errno. */
int function_may_be_display(const struct host *host, struct address address, bool *ret);

/* Waiting longer for a driver in probe() or remove() is no use: whoever called it is at work, or stuck. */
#define OVERRIDE_DEADLINE_MS 10000

/* Adds its driver_override. Returns 0; -ENOENT when it is gone; KERNEL_STUCK when its driver is in probe() or remove();
 * -errno. */
int function_probe_override(const struct host *host, struct function *function);

/*
 * Adds a function, the others of its slot, and every member of the IOMMU groups of these. Returns 0, -ENOENT when
 * the function is not there, -E2BIG when the inventory is full, -errno.
 */
int inventory_probe(const struct host *host, struct address address, struct inventory *inventory);

/* Adds every display function of the host likewise. Returns 0, or -errno. */
int inventory_probe_displays(const struct host *host, struct inventory *inventory);

/*
 * Reads driver_override of every function in the inventory that shares the slot and IOMMU group of the given one.
 * Returns as function_probe_override().
 */
int inventory_probe_overrides(const struct host *host, struct address address, struct inventory *inventory);
