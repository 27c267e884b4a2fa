/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: what else of a domain's XML decides whether a card works in it: machine, firmware, balloon, and how each PCI
 * hostdev is given. A value, though a large one: keep it off the stack.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"
#include "model/domain.h"

#define ROM_FILE_SIZE 1024
#define MACHINE_SIZE  64

struct hostdev_traits {
	struct address address;
	bool unmanaged;               /* not managed='yes' */
	char rom_file[ROM_FILE_SIZE]; /* a stranger's text; "": the card's own ROM, or none */
};

struct traits {
	char machine[MACHINE_SIZE]; /* as it is written: pc-q35-7.2; "" where nothing is */
	bool is_i440fx;             /* a PC without PCI Express */
	bool has_uefi, wants_secure_boot;
	bool wants_tpm;      /* an emulated one */
	bool has_balloon;    /* libvirt adds one where nothing is said */
	uint64_t memory_kib; /* 0: not said */
	unsigned int n_hostdevs;
	struct hostdev_traits hostdevs[DOMAIN_HOSTDEVS_MAX]; /* in the order of the XML */
};
