/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: what the running kernel refuses to root as well (kernel_lockdown(7)), and whether firmware has checked it. */
#pragma once

#include "host/host.h"

enum lockdown {
	LOCKDOWN_NONE,
	LOCKDOWN_INTEGRITY,
	LOCKDOWN_CONFIDENTIALITY,
};

/* Reads "none [integrity] confidentiality". Returns 0, or -EINVAL for anything but such a text. Pure. */
int lockdown_parse(const char *text, enum lockdown *ret);

/* Returns 0; -ENOENT where the kernel has no lockdown, or does not tell; -EINVAL; -errno. */
int lockdown_probe(const struct host *host, enum lockdown *ret);

/* Whether secure boot is on, by the variable of firmware (UEFI, 3.3). Returns 1, 0; -ENOENT without such a variable. */
int secure_boot_probe(const struct host *host);
