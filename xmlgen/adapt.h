/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: the whole of --tune: what a domain that exists is to have on this host, and its text with that. */
#pragma once

#include "host/host.h"
#include "model/refusal.h"
#include "xmlgen/guest.h"

/*
 * Tunes the XML in the file that the request names. Returns 0, and the text, which the caller frees; -ECANCELED with
 * the refusal filled.
 */
int adapt(const struct host *host, struct guest *guest, char **ret, size_t *ret_size, struct refusal *refusal);
