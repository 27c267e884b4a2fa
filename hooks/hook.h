/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hooks: libvirt's qemu hook (https://libvirt.org/hooks.html). Called with the domain's lock held, so it never asks
 * libvirt anything, never writes on stdout, and leaves no child with its pipes.
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"
#include "model/refusal.h"

/* Whether a call is one that the hook acts on: prepare begin and release end. Opens and reads nothing. */
bool hook_is_ours(const char *operation, const char *suboperation);

/*
 * Acts on a call for the domain of that name, whose XML is to be read from stdin_fd. daemon is the process that called.
 * Returns 0, or -ECANCELED with the refusal filled, and logged.
 */
int hook_run(const struct host *host, const char *name, const char *operation, int stdin_fd, pid_t daemon,
	struct refusal *refusal);
