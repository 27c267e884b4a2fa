/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: operating systems by libosinfo's ids, from the XML files of its database, osinfo-db
 * (https://gitlab.com/libosinfo/osinfo-db-tools, docs/database-layout.txt): a directory for each vendor, a file for
 * each system, named after its id. What the administrator put into /etc/osinfo comes first.
 */
#pragma once

#include <stddef.h>

#include "host/host.h"
#include "model/os.h"
#include "model/refusal.h"

/*
 * Finds a system by a short id (ubuntu22.04), a full one (http://ubuntu.com/ubuntu/22.04), or one of the words linux,
 * windows10, windows11, which need no database. Files that cannot be read are passed by. Returns 0; -ECANCELED with
 * the refusal filled.
 */
int os_find(const struct host *host, const char *word, struct os *ret, struct refusal *refusal);

/*
 * Reads a file of the database. Returns 1 and *ret when it is of the system with that id, short or full; 0 when it is
 * not; -EINVAL when it is no file of a database. Pure.
 */
int os_parse(const char *xml, size_t size, const char *word, struct os *ret);
