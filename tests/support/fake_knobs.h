/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: the part of the fake kernel that has no device: interrupts, workqueues, control groups, huge pages,
 * frequencies and threads. It refuses what Linux refuses (kernel/irq/proc.c, kernel/workqueue.c,
 * kernel/cgroup/cpuset.c, mm/hugetlb.c, drivers/cpufreq) and shows what was written as that does.
 */
#pragma once

#include "tests/support/fake_kernel.h"

/* Writes the file below /sys. Returns 0; -ENOENT; -EACCES for one that it does not know; -errno. */
int fake_knobs_write_sys(const struct host *host, const char *path, const char *value);

/* For the table of the fake kernel, beside what fake_kernel.h has of these. */
int fake_kernel_get_affinity(const struct host *host, pid_t tid, struct cpuset *ret);

/* What a thread may run on, whatever is online. */
void fake_knobs_put_thread(const struct host *host, pid_t tid, const struct cpuset *cpus);

/*
 * cpuset.cpus of a control group, whoever writes it. An old kernel refuses to forget it, as if each group had a
 * process, and gives all threads in it and below these CPUs, or those above it. Returns 0, or -ENOSPC.
 */
int fake_knobs_put_cpuset(const struct host *host, const char *path, const struct cpuset *cpus);

/* A whole number in decimal, perhaps with a newline. Returns 0, or -EINVAL. */
int fake_knobs_parse_number(const char *value, uint64_t *ret);

/* Of nr_hugepages of a node. */
int fake_pages_write(const struct host *host, const char *path, const char *value);
