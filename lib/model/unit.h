/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: where a process belongs, as its control group tells (systemd's CGROUP_DELEGATION; what container managers call
 * their groups). A value.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

enum unit_kind {
	UNIT_NONE,         /* in no unit: the root group, kernel threads, a host without systemd */
	UNIT_SERVICE,      /* of the system: gdm.service */
	UNIT_SESSION,      /* of a person, as logind knows it: session-2.scope */
	UNIT_USER_SERVICE, /* of a person's own systemd: below user@1000.service */
	UNIT_CONTAINER,    /* docker, podman, LXC, Kubernetes, nspawn */
	UNIT_MACHINE,      /* another VM: machine-qemu\x2d1\x2dgpuvm.scope */
	UNIT_OTHER,        /* another scope */
	UNIT_KINDS_
};

#define UNIT_NAME_SIZE 256

struct unit {
	enum unit_kind kind;
	uid_t uid; /* whose, of UNIT_SESSION and UNIT_USER_SERVICE; UNIT_NO_UID where it does not tell, and for others
		    */
	char name[UNIT_NAME_SIZE]; /* a stranger's text: gdm.service, session-2.scope; of a container or VM its own name
				    */
};

#define UNIT_NO_UID ((uid_t)-1)

/* service, session, user-service, container, machine, other; "" for none */
const char *unit_kind_name(enum unit_kind kind);

/*
 * Reads the text of /proc/PID/cgroup, of version 2 or of 1 (the line of name=systemd, which is asked first where there
 * are both). The outermost manager's unit decides: what is below it was named by whom it was delegated to. Only of a
 * person's own systemd is the innermost unit named. What it does not understand is UNIT_NONE. Pure.
 */
void unit_parse(const char *text, struct unit *ret);
