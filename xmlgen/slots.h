/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: gives a domain whole cards, each as one device of several functions in the guest, as it is on the host:
 * drivers look for the other functions in the slot of the first.
 */
#pragma once

#include "model/address.h"
#include "model/refusal.h"
#include "xmlgen/addresses.h"
#include "xmlgen/edit.h"
#include "xmlgen/source.h"

/* On the host, ascending. */
struct slots_card {
	unsigned int n_functions;
	struct address functions[SLOT_FUNCTIONS];
	bool is_variant; /* a VFIO device of its vendor's driver: libvirt is not to rebind it */
};

/*
 * Adds the edits: each function of each card is a hostdev, managed but for variants, in the slot of the card's others.
 * The slot is that of the card's first function which has one, unless another device is in it, or else a new one. What
 * a hostdev says beside (rom, boot, alias) stays; one that the guest is not to see (address type='unassigned') stays as
 * it is. Returns 0; -ECANCELED with the refusal filled.
 */
int slots_edit(const struct source *source, const struct slots_card cards[], unsigned int n_cards, enum machine machine,
	struct edits *edits, struct refusal *refusal);
