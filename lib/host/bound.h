/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: a service of ours that ends with a unit of somebody else's. See struct manager in host/manager.h. */
#pragma once

#include "host/host.h"

int bound_start(const struct host *host, const char *unit, const char *description, const char *bound_to,
	const char *const arguments[], int deadline_ms);
