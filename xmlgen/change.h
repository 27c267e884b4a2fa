/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: the edits that change an element: its attributes, its being there, what is added below it. A node is
 * an element of the source, what is wanted is one of another tree, to be written. Without memory, the edits have
 * failed.
 */
#pragma once

#include <libxml/tree.h>

#include "xmlgen/edit.h"
#include "xmlgen/layout.h"
#include "xmlgen/rules.h"
#include "xmlgen/source.h"

struct change {
	const struct source *source;
	struct edits *edits;
	struct layout layout;
	const xmlNode *last[RULE_ORDERS + 1]; /* of the elements below <domain>, by their order */
};

void change_init(const struct source *source, struct edits *edits, struct change *ret);

/* Sets an attribute: its value where it is there, in its quotes, or else behind the others. The same value: nothing. */
void change_attribute(struct change *change, const xmlNode *node, const char *name, const char *value);

/* Removes an element, and the line that it stood on. */
void change_remove(struct change *change, const xmlNode *node);

/* Writes what is wanted in an element's place. */
void change_replace(struct change *change, const xmlNode *node, xmlNode *wanted);

/* Adds what is wanted behind an element, as its sibling. */
void change_add_behind(struct change *change, const xmlNode *node, xmlNode *wanted);

/* Adds what is wanted below <domain>, which does not close itself: behind the last element that libvirt writes before
 * it. */
void change_add_in_order(struct change *change, const xmlNode *domain, xmlNode *wanted);

/* Adds what is wanted, several, at the end of an element, which may have been closing itself. Once for each element. */
void change_add_last(struct change *change, const xmlNode *parent, xmlNode *const wanted[], size_t n);
