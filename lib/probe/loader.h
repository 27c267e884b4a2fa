/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: which boot loader has started the running kernel. systemd-boot, and GRUB from 2.12 on, say so in a variable of
 * the firmware (https://systemd.io/BOOT_LOADER_INTERFACE); GRUB tells the kernel where it has found it.
 */
#pragma once

#include <stddef.h>

#include "host/host.h"

enum loader {
	LOADER_UNKNOWN,
	LOADER_GRUB,
	LOADER_SYSTEMD_BOOT,
};

/* cmdline is that of the running kernel. */
enum loader loader_probe(const struct host *host, const char *cmdline);

/*
 * The name in the variable LoaderInfo, as efivarfs has it: four bytes of attributes, then UTF-16. What is no ASCII
 * becomes '?'. Returns 0, or -EINVAL. Pure.
 */
int loader_parse_info(const void *bytes, size_t n, char *ret, size_t size);
