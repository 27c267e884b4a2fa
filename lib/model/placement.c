// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/placement.h"

int placement_find_cell(const struct placement *placement, int node)
{
	for (unsigned int i = 0; i < placement->n_cells; i++) {
		if (node >= 0 && placement->cells[i].node == (unsigned int)node)
			return (int)i;
	}
	return -1;
}
