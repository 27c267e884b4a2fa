/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the nvidia driver of the host, from /proc/driver/nvidia and /sys/module. A driver that is built in has neither
 * parameters nor reference counts there: what is absent is untold, and no error.
 */
#pragma once

#include "host/host.h"
#include "model/inventory.h"
#include "model/node.h"
#include "model/nvidia.h"
#include "probe/nvidia_text.h"

/* The driver takes locks of its own to tell of a GPU, which those who use the GPU may have. */
#define NVIDIA_DEADLINE_MS 10000

/* Takes no lock that a GPU can keep. */
void nvidia_probe(const struct host *host, struct nvidia *ret);

/* What the driver knows of a GPU that is bound to it. Returns 0, also when it tells nothing, or KERNEL_STUCK. */
int nvidia_probe_gpu(const struct host *host, struct address address, struct nvidia_gpu *ret);

/*
 * Adds the driver's device nodes for the functions that are bound to it: each GPU's own, and once those of all GPUs. No
 * function's: none. A GPU whose minor number is not told makes every number of a GPU a suspicion. Returns 0, -E2BIG,
 * KERNEL_STUCK.
 */
int nvidia_add_nodes(const struct host *host, const struct inventory *inventory, struct nodes *nodes);
