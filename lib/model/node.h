/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: the device nodes that lead to a card, by number: a name means nothing in a mount namespace that is not ours
 * (Documentation/admin-guide/devices.rst).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"

#define NODES_MAX      512
#define NODE_NAME_SIZE 64

enum node_reach {
	NODE_DIRECT,  /* of this function alone: whoever has it open holds the function */
	NODE_SHARED,  /* of every card of its driver: a suspicion, no proof */
	NODE_CONSOLE, /* a virtual console that the card shows */
};

struct node {
	bool block; /* a block device; else a character device */
	enum node_reach reach;
	uint32_t major, minor;
	struct address owner;      /* the function; of a shared node, of any function of its driver: none */
	char name[NODE_NAME_SIZE]; /* what this host calls it: /dev/nvidia0 */
};

/* A value, though a large one: keep it off the stack. */
struct nodes {
	unsigned int n_nodes;
	struct node nodes[NODES_MAX];
};

/* Adds a node, once for its number and owner. Returns 0, or -E2BIG. */
int nodes_add(struct nodes *nodes, const struct node *node);
