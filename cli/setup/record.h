/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: a setup as text, for the way back; the contents of its files are kept beside it:
 *
 *	gpu-handoff setup 1
 *	state done 1
 *	directory default/grub.d
 *	file 0644 0 0 absent default/grub.d/gpu-handoff.cfg
 *	run update-grub
 *	undo update-grub
 *
 * Pure.
 */
#pragma once

#include "cli/setup/setup.h"

#define RECORD_SIZE_MAX (128u * 1024)

/* Returns 0, or -E2BIG. */
int record_print(const struct setup *setup, char *buffer, size_t size);

/* Reads it, with empty contents. Returns 0, or -EINVAL for anything that record_print() does not print. */
int record_parse(const char *text, struct setup *ret);
