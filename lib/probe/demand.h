/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: what a domain's XML asks of the host's CPUs and memory (https://libvirt.org/formatdomain.html: "CPU Tuning",
 * "NUMA Node Tuning", "Memory Backing", "Memory devices", "Resource partitioning").
 */
#pragma once

#include <libxml/tree.h>

#include "model/demand.h"
#include "model/refusal.h"

/*
 * Reads it of a <domain>. What cannot be read is no refusal: it may matter to nobody. The first of it is told in
 * ret->problem, and the part that it is of, pins or partition or pages, is then all zero.
 */
void demand_read(const xmlNode *root, struct demand *ret);

/*
 * The same of the text of a domain that has neither hostdev nor policy, of which domain_parse() does not read it.
 * Returns 0; -ECANCELED with the refusal filled.
 */
int demand_parse(const char *xml, size_t size, struct demand *ret, struct refusal *refusal);
