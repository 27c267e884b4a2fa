/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udev: what the host means to do with its cards, as its configuration says (model/mode.h). Large: keep it off the
 * stack.
 */
#pragma once

#include "host/host.h"
#include "model/inventory.h"
#include "model/policy.h"

struct intents {
	struct settings settings;
	/* Display functions, and who shares their slots and groups; empty where the configuration has nothing to say.
	 */
	struct inventory inventory;
};

/* Reads the configuration, and the cards it may be about. Takes no lock of a device. Returns 0, or -errno. */
int intents_probe(const struct host *host, struct intents *ret);

/* Of the card that a function belongs to. Shared is what is no card's, not mentioned, or not said clearly. */
enum card_mode intents_find(const struct intents *intents, struct address address);
