// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/holder.h"

void node_set_add(struct node_set *set, unsigned int index)
{
	if (index < NODES_MAX)
		set->words[index / 64] |= UINT64_C(1) << index % 64;
}

bool node_set_has(const struct node_set *set, unsigned int index)
{
	return index < NODES_MAX && (set->words[index / 64] >> index % 64 & 1);
}

bool node_set_is_empty(const struct node_set *set)
{
	for (unsigned int i = 0; i < NODES_MAX / 64; i++) {
		if (set->words[i])
			return false;
	}
	return true;
}
