/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: which CPUs of the host the threads of a VM run on (https://libvirt.org/formatdomain.html#cpu-tuning). A value,
 * though a large one: keep it off the stack.
 */
#pragma once

#include "model/cpuset.h"

#define VCPUS_MAX 1024

struct pinning {
	unsigned int n_vcpus;              /* of the VM, pinned or not */
	struct cpuset vcpus[VCPUS_MAX];    /* empty: not pinned */
	struct cpuset emulator, iothreads; /* likewise; all iothreads together */
	struct cpuset nodes;               /* numbers of the NUMA nodes that its memory comes from; empty: any */
};
