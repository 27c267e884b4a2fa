/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: libvirt's hooks for QEMU, and the daemons that run them. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "cli/doctor/doctor.h"

/* Below /etc. libvirt runs the first, then what is in the second by name (src/util/virhook.c). */
#define HOOKS_FIRST     "libvirt/hooks/qemu"
#define HOOKS_DIRECTORY "libvirt/hooks/qemu.d"
#define HOOKS_OURS      "50-gpu-handoff"

/* The units and programs of a kind of daemon. */
struct daemon_kind {
	const char *program, *service;
	const char *socket_unit; /* which starts it when somebody asks */
	const char *socket;      /* below /run */
};

#define DAEMON_KINDS 2

/* libvirtd for all of libvirt, and virtqemud, one of several. */
extern const struct daemon_kind daemon_kinds[DAEMON_KINDS];

struct daemon_found {
	pid_t pid;      /* 0: it does not run */
	uint64_t start; /* in clock ticks since boot */
};

/* Looks for the system's daemons in /proc. Those of a person's session are of that person. */
void doctor_find_daemons(const struct doctor *doctor, struct daemon_found ret[DAEMON_KINDS]);

/*
 * Calls back for each file that libvirt may run as a hook, with its path below /etc, in the order in which it does:
 * whether it can be run is not asked.
 */
void doctor_each_hook(const struct host *host, void (*visit)(void *data, const char *path), void *data);
