/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the interrupts of a PCI function that a VM has made (Documentation/ABI/testing/sysfs-bus-pci, msi_irqs). They
 * are there once the driver in the guest asks for them, and gone when the VM is.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "host/host.h"
#include "model/address.h"
#include "model/cpuset.h"

/* Of MSI-X. */
#define VECTORS_MAX 2048

struct vector {
	unsigned int number; /* of Linux, /proc/irq/N */
	ino_t birth;         /* of its file in msi_irqs: another one when the number has been given anew */
};

struct vectors {
	unsigned int n_vectors;
	struct vector vectors[VECTORS_MAX]; /* by number */
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

/* Whether an interrupt with these names is one of a function that vfio-pci has for a VM, as vectors_probe() finds.
 * Pure. */
bool interrupt_is_vector_of(const char *actions, struct address address);

/* The CPUs that one may go to. Returns 0; -ENOENT; -EBADMSG; -errno. */
int interrupt_probe_cpus(const struct host *host, unsigned int number, struct cpuset *ret);
