/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: irqbalance, asked over the socket of its own that it has for irqbalance-ui. It reads what it is told when it is
 * idle, and does it with its next round, up to SLEEP seconds later (10 by default): it then moves no interrupt to a
 * banned CPU any more, and only then tells of the ban. Up to version 1.9.2 it answers nobody for as long after such a
 * round. What it is told holds until it ends; a restart forgets it.
 *
 * Known: versions 1.6 (2019) to 1.9.5. All of them take lists of CPUs and tell masks.
 */
#pragma once

#include <sys/types.h>

#include "host/host.h"
#include "model/cpuset.h"

/*
 * Reads what it answers to "setup": SLEEP 10 IRQ 4 LOAD … CLASS 0 BANNED 00000001,0000000f. The last may be a mask, in
 * groups of eight digits, or a list. CPUs that cannot be in a set are left out. Returns 0; -EBADMSG for what it does
 * not understand, and *ret is unchanged. Pure.
 */
int balancer_parse(const char *answer, struct cpuset *ret);

/* See struct manager in host/manager.h. The process is one of root's, which /proc calls irqbalance. */
int balancer_get_banned(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms);
int balancer_set_banned(const struct host *host, pid_t pid, const struct cpuset *cpus, int deadline_ms);

/*
 * To be called before the process ends. A connection that is closed before irqbalance has answered ends it by SIGPIPE,
 * where it is not systemd that has started it: what is not answered is waited for, without a limit.
 */
void balancer_leave(void);
