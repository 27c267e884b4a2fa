/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the CPUs that a thread of the kernel may run on, with those that are offline. The system call keeps these to
 * itself (sched_getaffinity(2)), so that who sets what it told takes them away; /proc/TID/status has them (proc(5)).
 */
#pragma once

#include <sys/types.h>

#include "host/host.h"
#include "model/cpuset.h"

/* Of a thread of the kernel: of others the text may be longer. Returns 0; -ESRCH when it is gone; -EBADMSG; -errno. */
int thread_probe_cpus(const struct host *host, pid_t tid, struct cpuset *ret);

/* Finds them in the text. Returns 0, or -EBADMSG and *ret is undefined. Pure. */
int thread_parse_cpus(const char *text, struct cpuset *ret);
