// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/node.h"

#include <errno.h>

static bool is_same(const struct node *a, const struct node *b)
{
	return a->block == b->block && a->major == b->major && a->minor == b->minor &&
	       address_compare(a->owner, b->owner) == 0;
}

int nodes_add(struct nodes *nodes, const struct node *node)
{
	for (unsigned int i = 0; i < nodes->n_nodes; i++) {
		if (is_same(&nodes->nodes[i], node))
			return 0;
	}
	if (nodes->n_nodes == NODES_MAX)
		return -E2BIG;
	nodes->nodes[nodes->n_nodes++] = *node;
	return 0;
}
