/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: what the host's configuration says of a card, whoever has it (gpu-handoff.conf(5)). Values: own nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"
#include "model/card.h"
#include "model/slot_path.h"

enum card_mode {
	MODE_SHARED,    /* the host may use it: nothing is changed. The default */
	MODE_KEPT_FREE, /* the host's driver has it, and seats, compositors and sound servers keep off */
	MODE_RESERVED,  /* vfio-pci has it, from the first moment */
};

/* How a section names its card. */
enum card_key {
	KEY_ADDRESS, /* of any of its functions */
	KEY_PATH,    /* the slot path of any of its functions */
	KEY_IDS,     /* vendor and device of its display function; of two such cards none is meant */
};

/* [card ...] */
struct card_setting {
	enum card_key key;
	struct address address;
	struct slot_path path;
	uint16_t vendor, device;
	enum card_mode mode;
	bool for_kvm; /* access = kvm: group kvm may open its VFIO group */
};

#define CARD_SETTINGS_MAX 64

struct card_settings {
	unsigned int n_cards;
	struct card_setting cards[CARD_SETTINGS_MAX];
};

/* shared, kept-free, reserved */
const char *card_mode_name(enum card_mode mode);
int card_mode_parse(const char *name, enum card_mode *ret);

/* Reads the words behind "card " of a section: an address, a slot path, or VENDOR:DEVICE. Returns 0, or -EINVAL. */
int card_setting_parse_key(const char *text, struct card_setting *ret);

/* Whether two sections have the same key. One card may still have several: an address, and its slot path. */
bool card_setting_same_key(const struct card_setting *a, const struct card_setting *b);

/*
 * The setting of a card, whose functions are in the inventory; for one by ids, all display functions of the host have
 * to be. Returns 1 and *ret; 0 when there is none, which is shared; -EEXIST when two are about it; -ENOTUNIQ when one
 * has its ids and those of another card: then it is shared, and somebody has to be told. Pure.
 */
int card_settings_find(const struct card_settings *settings, const struct inventory *inventory, const struct card *card,
	const struct card_setting **ret);

/* Whether any of them is by ids. */
bool card_settings_want_all(const struct card_settings *settings);
