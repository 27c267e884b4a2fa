/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: a module of the running kernel: whether it is there, can be loaded, or is kept from it (modules.dep(5),
 * modprobe.d(5)). In names '-' and '_' are the same.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "host/host.h"

enum module_state {
	MODULE_UNKNOWN, /* the host has no list of what its kernel could load */
	MODULE_ABSENT,
	MODULE_LOADABLE,
	MODULE_BUILT_IN,
	MODULE_LOADED, /* or built in, with parameters or a version */
};

enum module_state module_probe(const struct host *host, const char *name);

/* The release of the running kernel, as uname(2) has it; "" when it is not told. */
#define RELEASE_SIZE 65

void release_probe(const struct host *host, char release[RELEASE_SIZE]);

/*
 * What keeps modprobe from loading it when it is asked as the hook asks (modprobe -b): fills where with the file, or
 * with "the kernel's command line". Returns 1; 0 when nothing does; -errno.
 */
int module_find_ban(const struct host *host, const char *name, char *where, size_t size);

/* Whether a list, modules.dep or modules.builtin, has the module. Pure. */
bool modules_have(const char *text, const char *name);

/* Whether a file of modprobe.d keeps it off: by blacklist, or by install with true or false. Pure. */
bool modprobe_bans(const char *text, const char *name);
