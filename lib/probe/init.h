/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: systemd's version, and which control groups the host has (Documentation/admin-guide/cgroup-v2.rst). */
#pragma once

#include <stdbool.h>

#include "host/host.h"

/*
 * The version of the installed systemd, by the private library that its programs share: it has the version in its name.
 * Returns it; 0 when there is none.
 */
unsigned int systemd_probe_version(const struct host *host);

/* 252 of "libsystemd-shared-252.so", and of "libsystemd-shared-256.5-1.fc41.so" 256; 0 of other names. Pure. */
unsigned int systemd_parse_library(const char *name);

enum control_groups {
	CONTROL_GROUPS_UNKNOWN, /* the host does not tell */
	CONTROL_GROUPS_V1,      /* or both, with what tells of CPUs in version 1 */
	CONTROL_GROUPS_NO_CPUSET,
	CONTROL_GROUPS_V2,
};

enum control_groups control_groups_probe(const struct host *host);
