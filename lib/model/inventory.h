/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: the PCI functions that a question is about: those named, the others of their slots, and everything that
 * shares an IOMMU group with them. Sorted by address, each once. A value, though a large one: keep it off the stack.
 */
#pragma once

#include <stdbool.h>

#include "model/function.h"

#define INVENTORY_MAX 1024

struct inventory {
	unsigned int n_functions;
	struct function functions[INVENTORY_MAX];
};

/* The function at an address, or NULL. Valid until the inventory changes. */
const struct function *inventory_find(const struct inventory *inventory, struct address address);

/* Puts a function in its place by address, or over the one that is there. Returns 0; -E2BIG when it is full. */
int inventory_put(struct inventory *inventory, const struct function *function);
