/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: what openat2(2) does with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS, one component after the other, for where
 * the kernel does not offer it: systemd-udevd, and so all that it starts, is a service with RestrictSUIDSGID=, whose
 * filter cannot look into the arguments of openat2(2) and makes it ENOSYS.
 */
#pragma once

#include <sys/types.h>

/* As beneath_open(). No path leads out, whatever is renamed while it is walked: ".." is where the walk came from. */
int walk_open(int directory, const char *path, int flags, mode_t mode);
