/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: what a service looks after that lives as long as a VM that has CPUs for itself. It is the only one to place
 * the interrupts of that VM's functions (struct claims).
 */
#pragma once

#include "apply/handover.h"
#include "model/knob.h"

struct attended {
	char group[KNOB_KEY_SIZE]; /* the VM's control group */
	struct cpuset vcpus;       /* that it has for itself */
	unsigned int n_functions;
	struct address functions[PLAN_FUNCTIONS_MAX];
	uint64_t identities[PLAN_FUNCTIONS_MAX]; /* of struct taken */
};

/*
 * Reads it of the journal of an owner, a uuid, whose VM runs. Returns 0; -ENOENT when there is none that has CPUs for
 * itself, or no process; -errno.
 */
int handover_attend(struct handover *handover, const char *owner, struct attended *ret);

/*
 * The CPUs that its interrupts are to go to while VMs are as they are now. Without the lock: a handover that is at work
 * may be seen half, and the next call sees it whole. A function that another one has come to the address of is
 * forgotten: its interrupts are somebody else's. Returns 0; -EBUSY when there are none; -errno.
 */
int handover_vector_cpus(struct handover *handover, struct attended *attended, struct cpuset *ret);
