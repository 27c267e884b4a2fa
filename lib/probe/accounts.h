/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the groups of a recorded host, by its own /etc/group (group(5)); of the running one getgrnam(3) has more. */
#pragma once

#include <sys/types.h>

#include "host/host.h"

/* Finds a group by its name. Returns 1 and *ret, 0 when the file has none of that name or is not there, -errno. */
int accounts_find_group(const struct host *host, const char *name, gid_t *ret);

/* The same in the text of such a file. Returns 1 or 0. Pure. */
int accounts_parse_group(const char *text, const char *name, gid_t *ret);
