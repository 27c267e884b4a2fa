/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the framebuffer that the firmware has left to the kernel, from /proc/iomem: whoever draws on it draws into a
 * BAR of the card that the firmware shows its screen on.
 */
#pragma once

#include <stdint.h>

#include "host/host.h"

#define FRAMEBUFFER_NAME_SIZE 24

struct framebuffer {
	char name[FRAMEBUFFER_NAME_SIZE]; /* BOOTFB, efifb, simplefb, … */
	uint64_t first, last;
};

/*
 * Finds it in the text of /proc/iomem. Returns 1; 0 when there is none; -EACCES when it is there, and where is told to
 * root alone. Pure.
 */
int framebuffer_parse(const char *text, struct framebuffer *ret);

/* The same of a host. Returns as that; -ENOENT when the host does not tell; -E2BIG; -ENOMEM; -errno. */
int framebuffer_probe(const struct host *host, struct framebuffer *ret);
