/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the cases of the host layer, and the tree that they look at. */
#pragma once

#include "host/host.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

/* tree/ with sys, run and dev, and what must never be seen beside it: outside/secret. The host is of tree/. */
extern struct scratch scratch;
extern struct host host;

void tree_start(void);
void tree_stop(void);

/* The same with a systemd, whose bus is to be started (fake_bus.h). */
void booted_start(void);
void booted_stop(void);

TCase *case_affinity(void);
TCase *case_balancer(void);
TCase *case_manager(void);
TCase *case_properties(void);
TCase *case_paths(void);
TCase *case_runtime(void);
TCase *case_watch(void);
TCase *case_watched(void);
TCase *case_fakes(void);
TCase *case_isolated(void);
TCase *case_output(void);
TCase *case_lstopo(void);
TCase *case_ports(void);
TCase *case_durable(void);
TCase *case_tool(void);
