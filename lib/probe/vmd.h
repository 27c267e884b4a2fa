/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: Intel's Volume Management Device, which hides disks behind itself in PCI domains of its own, above all that
 * firmware can number (drivers/pci/controller/vmd.c).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "host/host.h"
#include "model/address.h"

#define VMDS_MAX 32

/* The first domain that the kernel gives to one. */
#define VMD_DOMAIN_FIRST 0x10000

struct vmds {
	unsigned int n_vmds;
	struct address vmds[VMDS_MAX]; /* by address; more than that are left out */
	unsigned int n_behind;         /* functions in such domains, bridges left out */
};

/* Fills *ret. Returns 0, or -errno. */
int vmds_probe(const struct host *host, struct vmds *ret);

/* By its ids. Pure. */
bool vmd_has_ids(uint16_t vendor, uint16_t device);
