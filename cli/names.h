/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: what a card is called in front of people. */
#pragma once

#include "host/names.h"

#define CARD_NAME_SIZE 192

/* The vendor and the device, "NVIDIA TU106 [GeForce RTX 2060]", or its ids where the list has no name for it. */
void name_device(struct names *names, const struct function *function, char name[CARD_NAME_SIZE]);
