/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: systemd and logind of a recorded machine. What they know is in files below its /run/fake, so that it outlives
 * a process that dies in a test: units, and the processes that are in them, which come and go with their unit. What
 * they are asked to change is counted as changes of the fake kernel are (support/fault.h).
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"
#include "host/manager.h"

struct fake_manager {
	/* Of the unit whose name this is, or NULL: */
	const char *cannot_stop;  /* stopping it fails */
	const char *cannot_start; /* starting it fails */
	const char *stubborn;     /* it stops, and its processes stay */
	unsigned int delay_ms;    /* how long each change takes */
};

/* Puts it in the place of the host's manager. One at a time. */
void fake_manager_install(struct fake_manager *fake, struct host *host);

/*
 * Puts a process there that has a device node open, a real one such as /dev/null. unit: gdm.service, session-2.scope
 * of user 1000, docker-ID.scope; "" for none. A service or session is from now on known, and active.
 */
void fake_manager_put_process(
	const struct host *host, int pid, const char *command, const char *unit, const char *node);

/* It ends by itself. */
void fake_manager_end_process(const struct host *host, int pid);

/* Whether a process is there; whether a unit is active. */
bool fake_manager_has_process(const struct host *host, int pid);
bool fake_manager_is_active(const struct host *host, const char *unit);
void fake_manager_set_active(const struct host *host, const char *unit, bool active);

/* Everything that it was asked to change since the last call, "stop gdm.service, start gdm.service". */
const char *fake_manager_log(const struct host *host);
