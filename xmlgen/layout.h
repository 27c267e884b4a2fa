/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: how a document is laid out, so that what is added looks as what is there: its line ends, the whitespace
 * before its elements, or none at all. All of it points into the source.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "xmlgen/source.h"

struct layout {
	const struct source *source;
	const char *line_end;
	const char *unit; /* of indentation, by a level */
	size_t unit_length;
};

/* What stands before an element. Not on a line of its own: nothing. */
struct lead {
	bool is_line;
	size_t begin, end;   /* the indentation, in the source */
	unsigned int levels; /* deeper than that */
};

void layout_init(const struct source *source, struct layout *ret);

/* Before an element that is there. */
struct lead layout_lead(const struct source *source, const struct element *element);

/* Before what is added to a parent: as its first child that has a line, or a level deeper than the parent. */
struct lead layout_lead_below(const struct source *source, const struct element *parent);

/* Where the whitespace that ends at an offset begins, or its last line does. */
size_t layout_blank_begin(const struct source *source, size_t offset);
size_t layout_line_begin(const struct source *source, size_t offset);

/* Writes a line end and the indentation, levels deeper; nothing for what has no line. */
void layout_break(const struct layout *layout, struct lead lead, unsigned int levels, FILE *stream);

/*
 * Writes an element of libxml2's, without what stands before it, in ASCII: it goes into a text of any encoding. Lines
 * within text of the element are indented with it. Returns 0, or -ENOMEM.
 */
int layout_element(const struct layout *layout, struct lead lead, xmlNode *node, FILE *stream);

/* Writes ' name="value"', or, of the same, only what is between its quotes. Returns 0, or -ENOMEM. */
int layout_attribute(const char *name, const char *value, bool whole, FILE *stream);
