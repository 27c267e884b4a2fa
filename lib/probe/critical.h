/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: what the host lives on: functions with a mounted disk, swap, or the interface of the default route behind
 * them, however many layers (partitions, device mapper, md, bonds, bridges) lie between.
 */
#pragma once

#include "host/host.h"
#include "model/inventory.h"

/*
 * Fills in what each function of the inventory carries. Facts that the host does not tell (a recorded tree has no
 * mounts) carry nothing. Returns 0, or -errno.
 */
int critical_probe(const struct host *host, struct inventory *inventory);
