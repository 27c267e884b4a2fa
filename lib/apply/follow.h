/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: the interrupts of a VM's devices, brought near its CPUs. They come when the driver in the guest asks for them,
 * which may be long after the start, and again; nobody tells of it, so who runs this looks now and then. Each one is
 * moved once: where somebody puts it afterwards, it stays.
 */
#pragma once

#include "host/host.h"
#include "model/address.h"
#include "model/cpuset.h"
#include "probe/vector.h"

struct follow {
	struct vectors moved; /* of all functions; those that are still there */
};

/*
 * Looks once at the functions, and moves what is new. Returns how many were moved; -errno of the first that could not
 * be, which is not tried again.
 */
int follow_look(const struct host *host, const struct address *functions, unsigned int n_functions,
	const struct cpuset *cpus, struct follow *follow);
