/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: a graphics card: its display function, the functions that belong to it, and who else sits in their IOMMU
 * groups (Documentation/driver-api/vfio.rst: a group is the smallest thing that can be given away).
 */
#pragma once

#include <stdbool.h>

#include "model/address.h"
#include "model/inventory.h"

enum card_kind {
	CARD_DISCRETE,
	CARD_INTEGRATED, /* part of the processor */
	CARD_BMC,        /* the screen of a server's management controller */
	CARD_VF,         /* an SR-IOV virtual function */
	CARD_KINDS_
};

/* Isolated is a fact only where the host has IOMMU groups. */
enum card_isolation {
	ISOLATION_UNKNOWN,
	ISOLATION_SHARED,
	ISOLATION_ISOLATED,
};

/* What a function of a card is to it. */
enum card_role {
	ROLE_GPU, /* its display function */
	ROLE_AUDIO,
	ROLE_USB,
	ROLE_UCSI, /* the controller of its USB Type-C port */
	ROLE_OTHER,
	CARD_ROLES_
};

struct card {
	const struct function *gpu; /* in the inventory, as is everything below */
	enum card_kind kind;
	enum card_isolation isolation;

	/* By address. The first is not always the gpu, nor .0: a virtual function stands alone. */
	unsigned int n_functions;
	const struct function *functions[SLOT_FUNCTIONS];

	/* Ascending, each once; none when the host has no groups. */
	unsigned int n_groups;
	int groups[SLOT_FUNCTIONS];

	/* Other members of those groups. */
	unsigned int n_extra, n_bridges;
	const struct function *extra[INVENTORY_MAX];   /* endpoints: they would have to travel too */
	const struct function *bridges[INVENTORY_MAX]; /* these do not hinder */
};

/* discrete, integrated, bmc, vf */
const char *card_kind_name(enum card_kind kind);

/* gpu, audio, usb, ucsi, other */
const char *card_role_name(enum card_role role);

/* Of a function of the card. Pure. */
enum card_role card_role(const struct card *card, const struct function *function);

/*
 * The card of a display function of the inventory. Everything points into the inventory and is valid until that
 * changes. Pure.
 */
void card_describe(const struct inventory *inventory, const struct function *gpu, struct card *ret);

/* Describes the card that a function, any of its functions, belongs to. Returns false when it is no card's. Pure. */
bool card_find(const struct inventory *inventory, struct address address, struct card *ret);
