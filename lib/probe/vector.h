/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the interrupts of a PCI function that a VM has made (Documentation/ABI/testing/sysfs-bus-pci, msi_irqs). They
 * are there once the driver in the guest asks for them, and gone when the VM is.
 */
#pragma once

#include "host/host.h"
#include "model/address.h"

/* Of MSI-X. */
#define VECTORS_MAX 2048

struct vectors {
	unsigned int n_vectors;
	unsigned int numbers[VECTORS_MAX]; /* of Linux, /proc/irq/N; in order */
};

/*
 * Those that vfio-pci has for a VM; a function that is gone has none. Returns 0, or -errno.
 */
int vectors_probe(const struct host *host, struct address address, struct vectors *ret);

/*
 * The names that the drivers of an interrupt have given (Documentation/ABI/testing/sysfs-kernel-irq), made printable,
 * and as much of them as fits. Returns 1; 0 when nobody has it; -errno.
 */
int interrupt_probe_actions(const struct host *host, unsigned int number, char *actions, size_t size);
