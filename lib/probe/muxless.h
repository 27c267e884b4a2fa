/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: cards of laptops that have no outputs of their own (Optimus, muxless): what they draw, the processor's own
 * graphics show.
 */
#pragma once

#include "host/host.h"
#include "model/inventory.h"

/*
 * The display function that shows what the given one draws, where that is such a card; else NULL. The inventory has all
 * display functions of the host. Where it does not tell what it is in, whatever looks like one is taken for one.
 */
const struct function *muxless_find_shower(
	const struct host *host, const struct inventory *inventory, const struct function *gpu);
