/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: what 'gpu-handoff run' has started: its scope in machine.slice, gpu-handoff-run-UUID.scope. In front of people
 * it is called run-XXXXXXXX, by the beginning of that uuid, as a domain is by its name. The scope is found by its
 * control group (Documentation/admin-guide/cgroup-v2.rst); on a host without the unified hierarchy there is none.
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"

#define RUN_SLICE        "machine.slice"
#define RUN_SCOPE_PREFIX "gpu-handoff-run-"

/* Before the eight digits of its name. */
#define RUN_NAME_PREFIX "run-"

/* Whether somebody's name may be that of one. Pure. */
bool run_name_is_valid(const char *name);

/* Its control group, as its path below the root. Returns 0; -ENOENT; -EINVAL for what is no such name; -errno. */
int run_find_group(const struct host *host, const char *name, char *group, size_t size);

/* Whether processes are in it, or may be: what cannot be told is not over. */
bool run_is_populated(const struct host *host, const char *name);

/* The first process in it. Returns as run_find_group(). */
int run_find_process(const struct host *host, const char *name, pid_t *ret);
