/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: the <hostdev> of a PCI function, and its address in the guest, as elements of libxml2's. */
#pragma once

#include <stdbool.h>

#include <libxml/tree.h>

#include "model/address.h"

/*
 * A hostdev, which libvirt binds and rebinds when it is managed; guest is its address there, or NULL: libvirt finds
 * one. xmlFreeNode() frees it. NULL: no memory.
 */
xmlNode *hostdev_new(struct address source, bool is_managed, const struct address *guest, bool is_multifunction);

/* yes, no */
const char *hostdev_managed(bool is_managed);

/* <address type='pci' …>, likewise. */
xmlNode *hostdev_guest_address(struct address guest, bool is_multifunction);
