/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: signs that PCI functions are at work, as the kernel shows them without a look at any process: what descriptors
 * do not tell (clients in the kernel, mounts, interfaces), and what they are compared with. Values, though large ones.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/inventory.h"

#define ACTIVITY_USES_MAX    64
#define ACTIVITY_CLIENTS_MAX 128
#define USE_SENTENCE_SIZE    128
#define CLIENT_COMMAND_SIZE  16 /* TASK_COMM_LEN of the kernel */

/* Whether CUDA's driver for managed memory, nvidia-uvm, has a GPU. */
enum activity_uvm {
	UVM_NONE,
	UVM_REGISTERED,
	UVM_UNKNOWN, /* it has one, and which is not told */
};

struct function_activity {
	/*
	 * Its MSI vectors. nvidia has some exactly as long as somebody uses the GPU, be it in the kernel alone or its
	 * legacy persistence mode; but none without its parameter EnableMSI (model/nvidia.h). Other drivers keep them.
	 */
	unsigned int vectors;
	enum activity_uvm uvm;
};

enum client_kind {
	CLIENT_DRM,   /* has a DRM node open */
	CLIENT_SOUND, /* has a sound stream open */
};

/* A process that a driver itself knows: what it says is for people, and no proof that there is no other. */
struct client {
	enum client_kind kind;
	struct address owner;
	pid_t pid;                         /* of a sound stream that of a thread; 0 when it is not told */
	char command[CLIENT_COMMAND_SIZE]; /* a stranger's text; "" when it is not told */
	bool running;                      /* the stream plays or records */
};

/* Something that the host uses and no process needs to have open. */
struct use {
	struct address owner;
	char sentence[USE_SENTENCE_SIZE]; /* as the end of a sentence, printable: the interface 'eth1' is up */
};

struct activity {
	struct function_activity functions[INVENTORY_MAX]; /* each of the inventory's function of the same index */
	unsigned int n_uses, n_clients, n_more;            /* n_more: uses and clients that found no room */
	bool untold;                                       /* something could not be read, as others than root cannot */
	struct use uses[ACTIVITY_USES_MAX];
	struct client clients[ACTIVITY_CLIENTS_MAX];
};

/* Add one, or count it in n_more. The sentence: begin, a stranger's name in quotes, end. */
void activity_add_client(struct activity *activity, const struct client *client);
void activity_add_use(
	struct activity *activity, struct address owner, const char *begin, const char *name, const char *end);
