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

/*
 * The same of any device, by its path below /sys, "devices/pci0000:00/0000:00:14.0/usb1/1-4": what it, and what is
 * below it, carries; "" for nothing. Returns as critical_probe().
 */
int critical_probe_device(const struct host *host, const char *path, char carries[CARRIES_SIZE]);
