/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the kernel's command line (Documentation/admin-guide/kernel-parameters.rst). */
#pragma once

#include <stdbool.h>

#include "host/host.h"

/* COMMAND_LINE_SIZE is 4096 where it is longest, and a boot loader's configuration may add as much. */
#define PARAMETERS_SIZE 8192

/* Fills the text with that of the running kernel, without its newline. Returns 0; -ENOENT; -errno. */
int parameters_probe(const struct host *host, char text[PARAMETERS_SIZE]);

/*
 * Whether a parameter is given, and with that word among those that a comma parts in its value; any value for NULL. As
 * for the kernel, '-' and '_' are the same, blanks within quotes part nothing, and what is behind "--" is not its own.
 * Pure.
 */
bool parameters_have(const char *text, const char *name, const char *word);

/* Whether two names of modules or parameters are the same, as in include/linux/moduleparam.h, parameq(). Pure. */
bool parameter_same_name(const char *a, size_t length_a, const char *b, size_t length_b);
