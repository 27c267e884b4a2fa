/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: a machine (support/machine.h) as a host of 8 CPUs and 2 nodes that has work of its own on all of them, with
 * all that is turned for a VM: interrupts, workqueues, control groups of systemd's and of others, threads, irqbalance,
 * frequencies, huge pages. And domains that ask for them.
 *
 * Calling sequence: machine_start(), of no record for a host without cards, machine_dress_cpus(), anything.
 */
#pragma once

#include "tests/support/machine.h"

/* What is there. */
#define CPUS_BALANCER  700 /* irqbalance's process */
#define CPUS_OTHER_VM  800 /* that of a VM that has no claim, on CPU 1 */
#define CPUS_DAEMON    812 /* libvirtd */
#define CPUS_TASK      900 /* a process of a service, which has chosen CPUs 4-5; its thread CPU 2 */
#define CPUS_KSWAPD    30  /* a thread of the kernel, on node 0 */
#define CPUS_KSOFTIRQD 31  /* one that stays where it is */
#define CPUS_KAUDITD   32  /* one that may be anywhere */

/* Memory for huge pages that each node has, beside 4 pages of 2 MiB that are there. */
#define CPUS_NODE_PAGES 64

/* old_kernel: Linux 6.1, else 6.12. */
void machine_dress_cpus(struct machine *machine, bool old_kernel);

/* A control group, with cpuset.cpus: "" for not set. */
void machine_put_group(const struct machine *machine, const char *path, const char *cpus);

/* A thread: flags of /proc/TID/stat, its control group, and its CPUs, "" for all. */
void machine_put_thread(const struct machine *machine, int tid, const char *name, unsigned int flags, const char *group,
	const char *cpus);

/* A domain with so many vCPUs on these CPUs, one each, that asks for them to be its alone. */
struct domain machine_cpus_domain(const char *name, unsigned int number, const char *cpus, const char *governor);

/* It needs so many pages of 2 MiB of a node, which are to be added. */
void machine_ask_pages(struct domain *domain, unsigned int node, unsigned int pages);

/* The domain runs as this process, with its scope and its files; and no longer. */
void machine_run_vm(const struct machine *machine, const struct domain *domain, int pid);
void machine_end_vm(const struct machine *machine, const struct domain *domain, int pid);

/* The control group of its scope. */
const char *machine_vm_group(const struct domain *domain);

/* All that is turned, as text: /sys, /proc, and what systemd and the fakes have in /run. The caller frees it. */
char *machine_snapshot_cpus(const struct machine *machine);

/* The first line of a file below the scratch directory, until the next call; "none" without it. */
const char *machine_line(const struct machine *machine, const char *path);
