// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/manager.h"

#include <errno.h>

int manager_enter_scope(const struct host *host, const char *description, int deadline_ms)
{
	(void)host;
	(void)description;
	(void)deadline_ms;
	return -EOPNOTSUPP;
}
