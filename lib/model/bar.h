/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: the base address registers of a function: how much room its memory takes in an address space. A value. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define BARS_MAX 6

/*
 * What BARs beyond 4 GiB may take in a guest without a word about them: firmware of before 2022 gives 32 GiB to those
 * of all devices, and each lies at a multiple of its size.
 */
#define BARS_WINDOW_PLAIN (16ULL << 30)

struct bar {
	uint64_t start; /* on the processor's bus */
	uint64_t size;  /* bytes, 0: there is none, or it is the upper half of the one before it */
	bool is_memory, is_64bit, is_prefetchable;
	bool is_unset; /* it has a size, and got no address */
};

struct bars {
	struct bar bars[BARS_MAX];
};
