/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: finds the place of a VM in the host. Whole cores, near the card, in as few L3 caches and nodes as will do;
 * core 0 stays with the host, and one more core for the emulator and the iothreads. Pure.
 */
#pragma once

#include "model/placement.h"
#include "model/refusal.h"

/*
 * Fills *ret with the best place, or the nearest good one with what was given up. Returns 0; -ECANCELED with the
 * refusal filled when the host cannot have such a VM at all.
 */
int place(const struct topology *topology, const struct wish *wish, struct placement *ret, struct refusal *refusal);
