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

struct addressed {
	const xmlNode *node;
	struct address address;
};

struct addresses {
	size_t n, room;
	struct addressed *devices; /* those with an address */
	unsigned int highest_bus;  /* of them, and of the controllers that make buses */
};

/* Reads them. Returns 0; -ECANCELED with the refusal filled: then there is nothing to finish. */
int addresses_read(const struct source *source, struct addresses *ret, struct refusal *refusal);
void addresses_finish(struct addresses *addresses);

/* The <address type='pci'> of a device, or NULL. */
const xmlNode *addresses_node(const xmlNode *device);

/* Whether it says which address, and does not only ask for one. */
bool addresses_is_told(const xmlNode *address);

/* Moves a device, or adds it. Returns 0, or -ENOMEM. */
int addresses_place(struct addresses *addresses, const xmlNode *device, struct address address);
