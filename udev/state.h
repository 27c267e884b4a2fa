/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udev: who has a function, from its driver and from what is recorded in /run/gpu-handoff. Only reads, without a lock.
 */
#pragma once

#include "host/host.h"
#include "model/function.h"

/*
 * host: a driver of the host has it; vm, detached: a handover has taken it; poisoned: its driver has not let go of it;
 * vfio: VFIO has it, and no handover brought it there; none: it has no driver. Where the records cannot be read, as by
 * anybody but root, the driver alone is asked.
 */
const char *state_find(const struct host *host, const struct function *function);
