/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: makes elements with libxml2, which escapes what is in them. Each takes NULL for the node, and does nothing;
 * when there is no memory it says so once, in build_failed(), and the document is not to be used.
 */
#pragma once

#include <stdbool.h>

#include <libxml/tree.h>

/* A document with a root element, which xmlFreeDoc() frees, or NULL. */
xmlDoc *build_document(const char *root);
bool build_failed(const xmlDoc *document);

/* Adds an element at the end of another one, and in its namespace. */
xmlNode *build_add(xmlNode *parent, const char *name);

/* Likewise, with text in it. */
__attribute__((format(printf, 3, 4))) xmlNode *build_add_text(
	xmlNode *parent, const char *name, const char *format, ...);

/* Adds one that was made without a parent, and takes it over; NULL: it could not be made. */
xmlNode *build_take(xmlNode *parent, xmlNode *node);

/* Sets an attribute. */
__attribute__((format(printf, 3, 4))) void build_set(xmlNode *node, const char *name, const char *format, ...);

/* The document as text without a declaration, which free() frees, or NULL. */
char *build_print(xmlDoc *document);
