// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

void put_device(int root, const char *path, const char *subsystem, const char *number)
{
	char at[512], target[128];

	(void)snprintf(at, sizeof(at), "%s/dev", path);
	if (number)
		put_text(root, at, "%s\n", number);
	(void)snprintf(at, sizeof(at), "%s/subsystem", path);
	(void)snprintf(target, sizeof(target), "sys/class/%s", subsystem);
	put_directory(root, target);
	put_link(root, at, target);
}
