/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: where the units of the fake manager may run, and its irqbalance. For fake_manager.c; see its header. */
#pragma once

#include "tests/support/fake_manager.h"

int fake_units_get_allowed_cpus(const struct host *host, const char *unit, struct cpuset *ret, int deadline_ms);
int fake_units_get_banned_cpus(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms);

/* Returns 0; 1 when it is slow, and does it later; -ENOENT when that is not its process ID. */
int fake_units_ban(const struct host *host, pid_t pid, const struct cpuset *cpus, bool slow);

/* A line of its log: what it was asked, and about what, or "". */
void fake_units_log(const struct host *host, const char *what, const char *about);
