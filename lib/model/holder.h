/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: a process that has device nodes open or mapped. Values, though large ones. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/node.h"
#include "model/unit.h"

#define HOLDERS_MAX         256
#define HOLDER_COMMAND_SIZE 16 /* TASK_COMM_LEN of the kernel */

/* A set of indices into struct nodes. */
struct node_set {
	uint64_t words[NODES_MAX / 64];
};

struct holder {
	pid_t pid;
	uint64_t start; /* in clock ticks since boot: tells a process from a later one of the same pid */
	uid_t uid;
	char command[HOLDER_COMMAND_SIZE]; /* a stranger's text */
	struct unit unit;
	struct node_set opened, mapped;
	bool dma_buf; /* has a dma-buf that the nvidia driver exported, of one card or another */
};

struct holders {
	unsigned int n_holders;
	struct holder holders[HOLDERS_MAX]; /* by pid, the lowest */
	unsigned int n_more;                /* that found no room */
	unsigned int n_hidden;              /* processes that this user may not look at */
};

/* An index past NODES_MAX is in no set. */
void node_set_add(struct node_set *set, unsigned int index);
bool node_set_has(const struct node_set *set, unsigned int index);
bool node_set_is_empty(const struct node_set *set);
