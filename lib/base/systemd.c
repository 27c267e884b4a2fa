// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/systemd.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

void *systemd_function(const char *name)
{
	static void *library;
	static bool tried;

	if (!tried)
		library = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
	tried = true;
	return library ? dlsym(library, name) : NULL;
}
