/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: what the picture of a host shows of a domain: its threads on the CPUs, its memory, its cards, and in words what
 * is pinned and what is not there.
 */
#pragma once

#include <stdbool.h>

#include "host/drawing.h"
#include "host/names.h"
#include "model/domain.h"
#include "model/inventory.h"
#include "model/pinning.h"

#define PICTURE_COLORS 5

/* What is drawn, and of whom; without a domain the pinning is empty, and has_domain false. */
struct picture {
	struct drawing *drawing;
	struct names *names;
	bool has_domain;
	struct domain domain;
	struct pinning pinning;
	struct inventory inventory;
	/* What was used of the colours. */
	bool used[PICTURE_COLORS], used_memory, used_device;
	/* What the domain names and the host does not have. */
	struct cpuset absent_cpus, absent_nodes;
	unsigned int n_absent;
	struct address absent[DOMAIN_HOSTDEVS_MAX];
};

/* Draws it all. Without a domain the cards alone. */
void picture_draw(struct picture *picture);
