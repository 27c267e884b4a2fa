/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: VMs that run: those of libvirt by the file that it keeps of their process, those of 'gpu-handoff run' by their
 * scope (probe/run.h), and the control group that all of one is in (libvirt: docs/cgroups.rst, src/util/virsystemd.c,
 * src/util/vircgroup.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "host/host.h"

/*
 * The QEMU process of the domain of that name, a stranger's text, or, where libvirt has none and there is such a run,
 * its first. Returns 0; -EINVAL for what is no name; -ENOENT when libvirt knows no process; -ESRCH when that has ended,
 * or is somebody else's by now; -EBADMSG; -errno.
 */
int qemu_probe(const struct host *host, const char *name, pid_t *ret);

/* The control group of a process or thread, as its path below the root. Returns 0; -ENOENT; -E2BIG; -errno. */
int process_probe_group(const struct host *host, pid_t pid, char *group, size_t size);

/* The control group of the VM that a process or thread is part of, likewise: its scope, where it is systemd's. */
int vm_probe_group(const struct host *host, pid_t pid, char *group, size_t size);

/* The unit that this is: machine-qemu\x2d1\x2dgpuvm.scope. Returns 0; -ENOENT when it is in none; -E2BIG; -errno. */
int vm_scope_probe(const struct host *host, pid_t pid, char *unit, size_t size);

/* The path of the unified hierarchy in the text of /proc/PID/cgroup. Returns 0; -ENOENT; -E2BIG. Pure. */
int group_parse(const char *text, char *group, size_t size);

/* Cuts the path of a control group behind that of a VM. Returns 0; -ENOENT when it is in none, and is left. Pure. */
int group_cut_vm(char *group);

/* Whether a control group's name is one of a VM: of systemd's scope for it, or what libvirt makes without that. */
bool group_name_is_vm(const char *name, size_t length);
