/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: who and what uses the functions that a question is about. A holder is a process that has a node of a function
 * open or mapped; other uses are the kernel's own. A value, though a large one: keep it off the stack.
 */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "model/activity.h"
#include "model/holder.h"
#include "model/nvidia.h"

#define PERSISTENCES_MAX 64

/* NVIDIA's persistence mode of a GPU, asked only where nothing else explains that its adapter is at work. */
struct persistence {
	struct address address;
	bool enabled;
};

struct occupancy {
	struct inventory functions; /* those that it is about */
	struct nodes nodes;
	struct holders holders;
	struct activity activity; /* of the functions */
	struct nvidia nvidia;
	unsigned int n_persistences;
	struct persistence persistences[PERSISTENCES_MAX];
};

/* What the kernel tells of the function; none of it where it is not one of them. */
const struct function_activity *occupancy_activity(const struct occupancy *occupancy, struct address address);

/* Whether a DRM device is registered for the function. */
bool occupancy_has_drm(const struct occupancy *occupancy, struct address address);

/* The first node of the function that the process has open or mapped, or NULL. A shared node is nobody's. */
const struct node *occupancy_find_node(
	const struct occupancy *occupancy, const struct holder *holder, struct address address);

/* Whether the process has a node that every GPU of the nvidia driver shares, or a dma-buf of one: a suspicion. */
bool occupancy_suspects(const struct occupancy *occupancy, const struct holder *holder);

/* Whether any process has a node of the function. */
bool occupancy_is_held(const struct occupancy *occupancy, struct address address);

/* NULL when it was not asked for. */
const struct persistence *occupancy_find_persistence(const struct occupancy *occupancy, struct address address);

/* Adds "Xorg (pid 812, gdm.service)". */
void holder_describe(struct text *text, const struct holder *holder);
