// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/inventory.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* The first place whose address is not below the one asked for. */
static unsigned int lower_bound(const struct inventory *inventory, struct address address)
{
	unsigned int low = 0, high = inventory->n_functions;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (address_compare(inventory->functions[middle].address, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct function *inventory_find(const struct inventory *inventory, struct address address)
{
	unsigned int i = lower_bound(inventory, address);

	if (i < inventory->n_functions && address_compare(inventory->functions[i].address, address) == 0)
		return &inventory->functions[i];
	return NULL;
}

int inventory_put(struct inventory *inventory, const struct function *function)
{
	unsigned int i = lower_bound(inventory, function->address);
	bool there =
		i < inventory->n_functions && address_compare(inventory->functions[i].address, function->address) == 0;

	if (!there) {
		if (inventory->n_functions == INVENTORY_MAX)
			return -E2BIG;
		memmove(&inventory->functions[i + 1], &inventory->functions[i],
			(inventory->n_functions - i) * sizeof(inventory->functions[0]));
		inventory->n_functions++;
	}
	inventory->functions[i] = *function;
	return 0;
}
