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
#include "model/cpuset.h"

struct fake_manager {
	/* Of the unit whose name this is, or NULL: */
	const char *cannot_stop;  /* stopping it fails */
	const char *cannot_start; /* starting it fails */
	const char *stubborn;     /* it stops, and its processes stay */
	unsigned int delay_ms;    /* how long each change takes */
	bool balancer_is_slow;    /* irqbalance does what it is told when fake_manager_balance() is called */
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

/*
 * AllowedCPUs of a unit that is known, or has a control group in sys/fs/cgroup: with its drop-in below run/systemd, and
 * its cpuset.cpus, which stays as it was when it is unset (systemd issue 43846). Returns 0, or -ENOENT.
 */
int fake_manager_allow(const struct host *host, const char *unit, const struct cpuset *cpus);

/* irqbalance runs, as that process, with these CPUs banned; before, none does. It does what it was told to. */
void fake_manager_put_balancer(const struct host *host, int pid, const struct cpuset *cpus);
void fake_manager_balance(const struct host *host);

/*
 * Everything that it was asked to change since the last call: "stop gdm.service, start gdm.service, allow system.slice
 * 0-3, allow system.slice -, ban 4-7, ban -, reload, bind gpu-handoff-vm.service machine-vm.scope".
 */
const char *fake_manager_log(const struct host *host);
