/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: all that is told of who and what uses PCI functions: nodes, processes, the kernel, the nvidia driver. */
#pragma once

#include "host/host.h"
#include "model/occupancy.h"

/*
 * Looks once at everything that uses one of occupancy->functions, which the caller has filled in. Takes no lock of a
 * device, and leaves occupancy->persistences as they are. Returns 0; KERNEL_STUCK when the nvidia driver does not
 * answer; -errno: then not everything is known.
 */
int occupancy_probe(const struct host *host, struct occupancy *occupancy);

/*
 * Asks NVIDIA's tool for the persistence mode of those GPUs whose adapter is at work although no process has them open;
 * held: also of those that somebody has open. It opens every GPU, and keeps awake what may be waited for: it is asked
 * only where the answer is needed, and once of each GPU that occupancy has no answer of. What it does not tell is off.
 * Returns how many GPUs were asked about.
 */
unsigned int occupancy_probe_persistence(const struct host *host, bool held, struct occupancy *occupancy);
