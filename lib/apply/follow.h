/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: the interrupts of a VM's devices, brought near its CPUs. They come when the driver in the guest asks for them,
 * which may be long after the start, and again; nobody tells of it, so who runs this looks now and then. Each one is
 * moved once, and again when the CPUs change that it is to go to: where somebody else puts it, it stays.
 */
#pragma once

#include "host/host.h"
#include "model/address.h"
#include "model/cpuset.h"
#include "probe/vector.h"

/* All zero before the first look. */
struct follow {
	struct vectors moved; /* of all functions; those that are still there */
	struct cpuset cpus;   /* that they were moved to */
};

/*
 * Looks once at the functions, and moves what is new; where cpus are others than at the last look, all that is still
 * where that has put it as well. Returns how many were moved; -errno of the first that could not be, which is not tried
 * again.
 */
int follow_look(const struct host *host, const struct address *functions, unsigned int n_functions,
	const struct cpuset *cpus, struct follow *follow);
