/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: /etc/default/grub, which grub-mkconfig has a shell read. A person who edits it sees one line, and so do we:
 * where it is nothing but assignments, each on a line of its own, and the one that is wanted is text between two
 * quotes and nothing else, it is read and added to exactly; all the rest is refused. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/cmdline.h"

/* What every boot of the host gets, but not that of its rescue entries. */
#define GRUB_VARIABLE "GRUB_CMDLINE_LINUX_DEFAULT"

/*
 * The value of a variable. Returns 1 and *ret, copied; 0 when it is not there; -EINVAL when the file, or the
 * assignment, is more than this can read; -ENOTUNIQ when there are several; -E2BIG.
 */
int grub_read(const char *text, const char *variable, char *ret, size_t size);

/*
 * Adds words at the end of what the variable GRUB_VARIABLE has; everything else stays, byte for byte. Returns 0 and
 * *ret; -ENOENT when it is not there; else as grub_read().
 */
int grub_add(const char *text, const char *words, char *ret, size_t size);

/* Whether the variable is y, yes, true or 1 in a file that can be read. */
bool grub_is_set(const char *text, const char *variable);
