/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: with which options the running kernel was built, by its own account or by the file that came with it. */
#pragma once

#include "host/host.h"

#define KERNEL_RELEASE_SIZE 128

/* The release of the running kernel, 6.1.0-18-amd64. Returns its length, or as attribute_read(). */
int kernel_release(const struct host *host, char *ret, size_t size);

/*
 * The configuration: /boot/config-RELEASE, /usr/lib/modules/RELEASE/config, or /proc/config.gz, whichever there is.
 * Returns 0 and *ret, which free(3) frees; -ENOENT when none of them is there, -errno.
 */
int kernel_config_probe(const struct host *host, const char *release, char **ret);

/* Whether a line of it sets the option to y. Pure. */
bool kernel_config_has(const char *config, const char *option);
