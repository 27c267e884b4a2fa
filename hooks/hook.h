/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks: libvirt's qemu hook (https://libvirt.org/hooks.html). Called with the domain's lock held, so it never asks
 * libvirt anything, never writes on stdout, and leaves no child with its pipes.
 */
#pragma once

#include <sys/types.h>

#include "model/refusal.h"

/* A call, in libvirt's words: the domain's name, the operation, and begin or end. */
struct hook_call {
	const char *name, *operation, *suboperation;
	int stdin_fd; /* the domain's XML */
	pid_t daemon; /* who calls */
};

/*
 * Acts on prepare begin and release end; any other call is answered before anything is read. Returns 0, or -ECANCELED
 * with the refusal filled, and logged.
 */
int hook_run(const struct hook_call *call, struct refusal *refusal);
