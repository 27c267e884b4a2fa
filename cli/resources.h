/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: what VMs have of the host's CPUs and memory, gathered once, shown as text or JSON. */
#pragma once

#include <json-c/json.h>

#include "apply/journal.h"
#include "model/claim.h"
#include "model/cpuset.h"
#include "model/pool.h"
#include "probe/governor.h"
#include "probe/resident.h"

/* The memory of a VM that runs. */
struct memory {
	char name[DOMAIN_NAME_SIZE]; /* a stranger's text */
	struct cpuset nodes;         /* that it is to come from; empty: any */
	bool seen;
	struct resident resident;
};

struct resources {
	bool has_online;
	struct cpuset online;
	struct claims claims;
	struct governors governors;
	struct pools pools;
	unsigned int n_memories;
	struct memory memories[CLAIMS_MAX];
};

/* Adds what a journal says. */
void resources_note(struct resources *resources, const struct journal *journal);

/* Looks at the host, once all journals were noted. What cannot be read is not shown. */
void resources_gather(struct resources *resources, const struct host *host);

void resources_print(const struct resources *resources);

/* Adds cpus, huge_pages and memory to an object. */
void resources_describe(const struct resources *resources, json_object *object);
