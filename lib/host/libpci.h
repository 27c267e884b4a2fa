/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: libpci, that says nothing by itself; for the files of this layer that use it. */
#pragma once

#include <pci/pci.h>

/* Not yet at work: pci_init() is the caller's, where it reads devices. pci_cleanup() ends it. NULL without memory. */
struct pci_access *libpci_new(void);
