/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: what a VM that runs has of the host's CPUs. A value. */
#pragma once

#include <stdbool.h>

#include "model/address.h"
#include "model/cpuset.h"
#include "model/demand.h"
#include "model/domain.h"
#include "model/policy.h"

struct claim {
	char name[DOMAIN_NAME_SIZE];  /* of the domain: a stranger's text */
	struct cpuset cpus;           /* that its vCPUs are pinned to */
	struct cpuset nodes;          /* that its memory is to come from; empty: any */
	bool isolate;                 /* nothing of the host's runs there */
	char governor[GOVERNOR_SIZE]; /* for them; "": as it is */
	/* Where libvirt puts it, or is about to (struct demand): a stranger's text. What leads there is not narrowed.
	 */
	char partition[PARTITION_SIZE];
};

#define CLAIMS_MAX           64
#define CLAIMS_FUNCTIONS_MAX 1024

struct claims {
	unsigned int n_claims;
	struct claim claims[CLAIMS_MAX];
	/* PCI functions of those that isolate: their attendants place the interrupts of these. What does not fit is
	 * as the host's are. */
	unsigned int n_functions;
	struct address functions[CLAIMS_FUNCTIONS_MAX];
};

/* Whether knobs are turned for it, or for any of them. One that only shares CPUs keeps its own scope from losing them.
 */
bool claim_turns(const struct claim *claim);
bool claims_turn(const struct claims *claims);

/*
 * The CPUs that nothing of the host's runs on. For a VM, by the index of its claim, those of others, without what it is
 * pinned to itself; less than 0 for the host.
 */
struct cpuset claims_isolated(const struct claims *claims, int except);
