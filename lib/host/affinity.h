/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: the CPUs that a thread may run on. See get_affinity and set_affinity of struct kernel in host/host.h. */
#pragma once

#include <sys/types.h>

#include "model/cpuset.h"

int affinity_get(pid_t tid, struct cpuset *ret);
int affinity_set(pid_t tid, const struct cpuset *cpus);
