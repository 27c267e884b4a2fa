/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the huge pages that a domain asks for, for probe/demand.c alone. */
#pragma once

#include <libxml/tree.h>

#include "model/demand.h"
#include "model/refusal.h"

/*
 * Reads them of a <domain>, each size and set of nodes once. Of modules (<memory> below <devices>) only DIMMs count.
 * *ret is all zero before. Returns 0; -ECANCELED with the refusal filled, and *ret and *ret_n are zero.
 */
int needs_read(const xmlNode *root, struct page_need ret[PAGE_NEEDS_MAX], unsigned int *ret_n, struct refusal *refusal);
