/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the host's huge pages, by node and size (Documentation/admin-guide/mm/hugetlbpage.rst). */
#pragma once

#include "host/host.h"
#include "model/pool.h"

/*
 * Fills *ret; a kernel without NUMA has node 0, and one without huge pages no pools. Returns 0; -E2BIG when it has more
 * than fit, -EBADMSG for a count that is none, -errno.
 */
int pools_probe(const struct host *host, struct pools *ret);
