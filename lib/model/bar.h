/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: the base address registers of a function: how much room its memory takes in an address space. A value. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define BARS_MAX 6

struct bar {
	uint64_t size; /* bytes, 0: there is none, or it is the upper half of the one before it */
	bool is_memory, is_64bit, is_prefetchable;
};

struct bars {
	struct bar bars[BARS_MAX];
};
