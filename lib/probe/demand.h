/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: what a domain's XML asks of the host's CPUs and memory (https://libvirt.org/formatdomain.html: "CPU Tuning",
 * "NUMA Node Tuning", "Memory Backing", "Memory devices", "Resource partitioning"). For domain_parse() alone.
 */
#pragma once

#include <libxml/tree.h>

#include "model/demand.h"

/*
 * Reads it of a <domain>. What cannot be read is no refusal: it may matter to nobody. The first of it is told in
 * ret->problem, and the part that it is of, pins or partition or pages, is then all zero.
 */
void demand_read(const xmlNode *root, struct demand *ret);
