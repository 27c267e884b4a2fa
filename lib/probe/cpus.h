/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: sets of CPUs in files of the kernel. */
#pragma once

#include "host/host.h"
#include "model/cpuset.h"

/* CPUs of a list, which may be none. Returns 0, -EBADMSG, or as attribute_read(). */
int cpus_read_list(int directory, const char *path, struct cpuset *ret);

/* Those of a mask. Returns likewise. */
int cpus_read_mask(int directory, const char *path, struct cpuset *ret);

/* Of unbound workqueues, below /sys: what is written there is what is asked for. */
#define WORKQUEUE_MASK "devices/virtual/workqueue/cpumask"

/* What was asked for: the file itself has less where control groups isolate CPUs. Returns likewise. */
int workqueue_read_mask(const struct host *host, struct cpuset *ret);
