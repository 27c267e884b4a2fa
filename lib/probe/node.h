/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the device nodes that lead to PCI functions, from sysfs: what their drivers have registered below them, their
 * VFIO group, the nodes that nvidia makes by itself, and the consoles that their framebuffers show.
 */
#pragma once

#include "host/host.h"
#include "model/inventory.h"
#include "model/node.h"

/*
 * Finds the nodes of every function of the inventory; a function that is gone has none. Takes no lock of a device, and
 * what a driver may keep waiting is asked for with a deadline. Returns 0; -E2BIG when there are more than fit, -EBADMSG
 * for what no kernel writes, KERNEL_STUCK, -errno: then not all are known.
 */
int node_probe(const struct host *host, const struct inventory *inventory, struct nodes *ret);
