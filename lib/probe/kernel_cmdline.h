/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: /etc/kernel/cmdline, from which kernel-install(8) and mkinitcpio(8) take the kernel's command line: words, a
 * blank or a new line between them. Pure.
 */
#pragma once

#include <stddef.h>

/*
 * Adds words behind the last one; everything else stays, byte for byte. Returns 0 and *ret; -EINVAL where the last line
 * is a comment, or a quote is open at the end: what is added would be a part of that; -E2BIG.
 */
int kernel_cmdline_add(const char *text, const char *words, char *ret, size_t size);

/*
 * What kernel-install makes entries of when there is no such file: the command line of the running kernel, without the
 * words that its boot loader has added. One line. Returns 0, or -E2BIG.
 */
int kernel_cmdline_from_running(const char *running, char *ret, size_t size);
