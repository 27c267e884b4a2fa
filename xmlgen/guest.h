/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: the PCI addresses that a domain gives its devices in the guest. */
#pragma once

#include <libxml/tree.h>

#include "model/address.h"
#include "model/refusal.h"
#include "xmlgen/source.h"

/* What the machine type makes of PCI. */
enum machine {
	MACHINE_OTHER,
	MACHINE_Q35,
	MACHINE_I440FX,
};

struct guest_device {
	const xmlNode *node;
	struct address address;
};

struct guest {
	size_t n, room;
	struct guest_device *devices; /* those with an address */
	unsigned int highest_bus;     /* of them, and of the controllers that make buses */
};

/* Reads them. Returns 0; -ECANCELED with the refusal filled: then there is nothing to finish. */
int guest_read(const struct source *source, struct guest *ret, struct refusal *refusal);
void guest_finish(struct guest *guest);

/* The <address type='pci'> of a device, or NULL. */
const xmlNode *guest_address_node(const xmlNode *device);

/* Whether it says which address, and does not only ask for one. */
bool guest_address_is_told(const xmlNode *address);

/* Moves a device, or adds it. Returns 0, or -ENOMEM. */
int guest_place(struct guest *guest, const xmlNode *device, struct address address);
