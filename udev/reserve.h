/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udev: gives vfio-pci the functions that are reserved (Documentation/ABI/testing/sysfs-bus-pci: driver_override,
 * drivers_probe). Nothing is taken from a driver: who comes late says so.
 */
#pragma once

#include "host/host.h"
#include "model/address.h"
#include "model/refusal.h"

/*
 * Has the kernel give a function that is reserved, and that no driver has, to vfio-pci, which has to be loaded. Returns
 * 0 when vfio-pci has it; -ECANCELED and the refusal.
 */
int reserve_function(const struct host *host, struct address address, struct refusal *refusal);

/*
 * Keeps every reserved function that no driver has from every driver but vfio-pci. Returns 0; -ECANCELED and the
 * refusal of the first that could not be kept; the others are.
 */
int reserve_hold(const struct host *host, struct refusal *refusal);
