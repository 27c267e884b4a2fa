/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: from a request and the host to the guest that is written. */
#pragma once

#include "host/host.h"
#include "model/refusal.h"
#include "xmlgen/guest.h"

/* Adds what the host tells of its CPUs, NUMA nodes and memory: the first, for all others rest on it. */
int gather_topology(const struct host *host, struct guest *guest, struct refusal *refusal);

/* Fills all of a new guest. Both return 0; -ECANCELED with the refusal filled. files_free() in any case. */
int gather_new(const struct host *host, struct guest *guest, struct refusal *refusal);

/*
 * Places the guest, and takes huge pages as the request has it: a wish without nodes and pages, which are added.
 * Returns likewise.
 */
int gather_placement(struct guest *guest, struct wish wish, struct refusal *refusal);
