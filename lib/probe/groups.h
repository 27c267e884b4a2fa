/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the control groups of the host that have to do with CPUs (Documentation/admin-guide/cgroup-v2.rst, "Cpuset"),
 * for the files of knobs_probe() alone.
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"
#include "model/claim.h"
#include "model/knob.h"

#define GROUPS_MAX   4096
#define MACHINES_MAX 1024

struct group {
	char path[KNOB_KEY_SIZE]; /* below the root, which is ""; a stranger's text */
	unsigned int parent;      /* its index; of the root its own */
	struct cpuset cpus;       /* cpuset.cpus: empty where that is not set, or is not there */
	bool in_slices;           /* systemd's own: nobody to whom a group is delegated has made it */
	bool machine;             /* all of a VM is in it */
	int claim;                /* the index of the claim of the VM that it is, or is in; or -1 */
	bool awaited;             /* a VM whose process is not known, while that of a claim is not: perhaps the same */
	bool way;                 /* a VM is below, or is about to be: what is not narrowed, but its children are */
};

/* A VM of libvirt's that runs. */
struct machine_group {
	char path[KNOB_KEY_SIZE];
	int claim; /* index, or -1 */
};

/* Large: keep it off the stack. */
struct groups {
	unsigned int n_groups;
	struct group groups[GROUPS_MAX]; /* each behind the one that it is in; the root is the first */
	unsigned int n_machines;
	struct machine_group machines[MACHINES_MAX];
	unsigned int n_left; /* that did not fit */
	unsigned int n_odd;  /* whose CPUs are not understood */
};

/* What of libvirt's VMs run, and of ours that have a claim, and where; what was listed before is forgotten. Returns 0,
 * or -errno. */
int groups_find_machines(const struct host *host, const struct claims *claims, struct groups *groups);

/*
 * The root, what is in it, in groups on the way to a VM or to the partition of one that has a claim, and
 * everything below that can be bound to CPUs; not what is in the group of a claim's VM. The machines have been found
 * before, and are found again after it: a VM may start meanwhile, and libvirt writes its file before there is a group.
 * Returns 0; -ENOENT when the host has no unified hierarchy, or none with cpuset; -errno.
 */
int groups_walk(const struct host *host, const struct claims *claims, struct groups *groups);

/* The machine that a control group is, or is in; NULL when it is in none. */
const struct machine_group *groups_find_machine(const struct groups *groups, const char *path);

/* Whether the last part of the path ends so: ".slice". */
bool group_ends(const char *path, const char *suffix);

/* The control group that libvirt's partition is with systemd: "/a/b" is a.slice/a-b.slice; "" for none. Pure. */
void partition_slice(const char *partition, char *path, size_t size);
