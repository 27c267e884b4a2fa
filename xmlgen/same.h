/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: whether two elements mean the same, however they are written. */
#pragma once

#include <stdbool.h>

#include <libxml/tree.h>

/* Of one name and namespace. */
bool node_is_akin(const xmlNode *a, const xmlNode *b);

/*
 * Akin, with the same attributes in any order, the same text but for the whitespace around it, and the same children in
 * the same order; comments and text between children say nothing. As deep as both are.
 */
bool node_is_same(const xmlNode *a, const xmlNode *b);

/* The value of an attribute without a namespace is the same, or neither has it. */
bool node_has_same(const xmlNode *a, const xmlNode *b, const char *attribute);
