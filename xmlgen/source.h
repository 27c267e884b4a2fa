/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: the domain XML of a stranger as text that stays as it is, with the place of each element in it. What an
 * element means is libxml2's tree, where node->_private is its place; a scanner of our own only finds the places, in
 * text that libxml2 has found well-formed.
 *
 * Calling sequence: source_read(), anything, source_finish().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <libxml/tree.h>

#include "model/refusal.h"

/* Offsets in the text: from a '<' to behind a '>'. One that closes itself, <a/>, has inner, closing and end the same.
 */
struct element {
	xmlNode *node;
	size_t begin, end;
	size_t inner;   /* behind its start tag */
	size_t closing; /* where its end tag begins */
};

/* Of one attribute; quote is the text's. */
struct attribute {
	size_t begin, end;             /* from its name to behind its quote */
	size_t value_begin, value_end; /* between the quotes */
	char quote;
};

struct source {
	const char *text; /* the caller's, for as long as this lives */
	size_t size;
	xmlDoc *document;
	size_t n_elements;
	struct element *elements; /* in the order of the text; the first is the root */
};

/* The beginning of a stranger's text for a sentence, as a value: source_shown(t).s. NULL is "". */
struct shown {
	char s[41];
};
struct shown source_shown(const xmlChar *foreign);

/* Reads a <domain>. Returns 0; -ECANCELED with the refusal filled: then there is nothing to finish. */
int source_read(const char *xml, size_t size, struct source *ret, struct refusal *refusal);
void source_finish(struct source *source);

/* The place of an element of the document. */
const struct element *source_element(const xmlNode *node);

/* Whether it is written as <a/>. */
bool element_closes_itself(const struct element *element);

/* Finds an attribute that has no prefix in the start tag; false when there is none. */
bool source_attribute(
	const struct source *source, const struct element *element, const char *name, struct attribute *ret);

/* Where one more attribute of an element is put: behind the last, or behind the element's name. */
size_t source_attributes_end(const struct source *source, const struct element *element);
