/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: brings a wanted tree into a domain: a <domain> of libxml2's that has only what tuning owns, without blank
 * nodes and in libvirt's order. Each of its elements has a rule (rules.h); what it does not name stays as it is. An
 * element without attributes and children, where the rule is to replace, means that there are to be none.
 */
#pragma once

#include <libxml/tree.h>

#include "model/refusal.h"
#include "xmlgen/edit.h"
#include "xmlgen/source.h"

/* Adds the edits; of the wanted tree it may take what the domain cannot bear. Returns 0; -ECANCELED with the refusal
 * filled: an element without a rule, or no memory. */
int merge(const struct source *source, xmlNode *wanted, struct edits *edits, struct refusal *refusal);
