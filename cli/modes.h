/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: what the configuration says of cards, and what of it is not so, or cannot be. */
#pragma once

#include "model/card.h"
#include "model/notes.h"
#include "model/policy.h"

/* The mode of a card of the inventory, which has all display functions of the host. */
enum card_mode modes_find(const struct settings *settings, const struct inventory *inventory, const struct card *card);

/* Adds a sentence for each card whose mode is not so, and for a section that is wrong. */
void modes_add_notes(const struct settings *settings, const struct inventory *inventory, struct notes *notes);
