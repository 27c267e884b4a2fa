/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: the cards that a domain gets, and what they need of it. */
#pragma once

#include "host/host.h"
#include "model/refusal.h"
#include "xmlgen/guest.h"

/* Adds the cards that the request names, or the one that suits best. Returns 0; -ECANCELED with the refusal filled. */
int cards_choose(const struct host *host, struct guest *guest, struct refusal *refusal);

/* Adds the card of a function, once. Returns likewise. */
int cards_add(const struct host *host, struct address function, struct guest *guest, struct refusal *refusal);

/* Adds what the host knows of the cards' memory and place: window, muxless cards, notes. */
void cards_look(const struct host *host, struct guest *guest);
