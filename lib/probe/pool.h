/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the host's huge pages, by node and size (Documentation/admin-guide/mm/hugetlbpage.rst). */
#pragma once

#include "host/host.h"
#include "model/pool.h"

/* The directory of a pool, below /sys, with an attribute. */
#define POOL_PATH_SIZE 128

/* The path of an attribute of a pool: a kernel without NUMA has those of node 0 where others have those of all. */
void pool_path(const struct host *host, struct pool_id id, const char *attribute, char path[POOL_PATH_SIZE]);

/*
 * Fills *ret with what one pool has at one moment, though pages come and go. Returns 0; -ENOENT when there is none,
 * -EAGAIN when they come and go all the time, -EBADMSG for a count that is none, -errno.
 */
int pool_probe(const struct host *host, struct pool_id id, struct pool *ret);

/*
 * Fills *ret; a kernel without NUMA has node 0, and one without huge pages no pools. Returns 0; -E2BIG when it has more
 * than fit, -EBADMSG for a count that is none, -errno.
 */
int pools_probe(const struct host *host, struct pools *ret);
