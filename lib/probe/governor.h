/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the governors of the host's CPUs (Documentation/admin-guide/pm/cpufreq.rst). */
#pragma once

#include "host/host.h"
#include "model/cpuset.h"
#include "model/policy.h"

#define GOVERNORS_MAX 16

struct governors {
	unsigned int n_governors; /* 0: the host has no cpufreq */
	struct {
		char name[GOVERNOR_SIZE];
		struct cpuset cpus; /* that it governs */
	} governors[GOVERNORS_MAX];
};

/* Which CPUs each governs. What cannot be read is left out. */
void governors_probe(const struct host *host, struct governors *ret);
