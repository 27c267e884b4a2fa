/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the base address registers of a function, from its resource attribute
 * (Documentation/PCI/sysfs-pci.rst; the flags are those of include/linux/ioport.h). */
#pragma once

#include "host/host.h"
#include "model/address.h"
#include "model/bar.h"

/* Reads those of one function. Returns 0; -ENOENT when it is not on this host; -EBADMSG; -errno. */
int bar_probe(const struct host *host, struct address address, struct bars *ret);

/* Reads the attribute's text: a line for each, with its first and last address and its flags. Returns 0, -EBADMSG. */
int bar_parse(const char *text, struct bars *ret);

/* Reading how large a BAR can be wakes the device: a driver that is about to sleep or wake is waited for. */
#define BAR_DEADLINE_MS 10000

/*
 * The sizes that a resizable BAR can have: bit n of *ret is 2^n MiB (resourceN_resize, since Linux 6.1). A device that
 * is asleep is left so. Returns 0; -ENOENT when it has one size, or sleeps; KERNEL_STUCK; -EBADMSG; -errno.
 */
int bar_probe_sizes(const struct host *host, struct address address, unsigned int bar, uint64_t *ret);
