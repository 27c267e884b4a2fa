/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: words of the command line, checked. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Whether every character may stand in XML and on a terminal: UTF-8, and no control characters. */
bool input_is_clean(const char *text);

/* Whether libvirt takes it as the name of a domain, and a file system its files: no slash, not only blanks. */
bool input_is_name(const char *text);

/* Whether the kernel takes it as the name of a network interface. */
bool input_is_interface(const char *text);

bool input_is_uuid(const char *text);

/*
 * A size: 16G, 16GiB, 512M, 4T, or a plain number of MiB as virt-install has it. Returns 0 and bytes, at least 1 MiB;
 * -EINVAL, -ERANGE.
 */
int input_parse_size(const char *text, uint64_t *ret);
