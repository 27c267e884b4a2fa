/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: AllowedCPUs of systemd's units (systemd.resource-control(5)). See struct manager in host/manager.h. */
#pragma once

#include "host/host.h"

int allowed_get_cpus(const struct host *host, const char *unit, struct cpuset *ret, int deadline_ms);
int allowed_set_cpus(const struct host *host, const char *unit, const struct cpuset *cpus, int deadline_ms);
