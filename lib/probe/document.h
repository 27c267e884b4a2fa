/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: hostile XML as a tree of libxml2. Nothing is fetched, no entity is expanded, and a document type declaration,
 * which libvirt never writes, ends the reading.
 *
 * Calling sequence: document_read(), the rest, document_free().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxml/tree.h>

#include "model/refusal.h"

/*
 * Reads the XML of a domain, of DOMAIN_XML_MAX (probe/domain.h) bytes at most. Returns 0 and *ret, which
 * document_free() frees; -ECANCELED with the refusal filled.
 */
int document_read(const char *xml, size_t size, xmlDocPtr *ret, struct refusal *refusal);

/* For FREE_DOCUMENT: frees *document, which may be NULL. */
void document_free(xmlDocPtr *document);

/* For FREE_CONTENT, of what libxml2 has copied: likewise. */
void content_free(xmlChar **content);

/* xmlDocPtr document FREE_DOCUMENT = NULL: freed when it goes out of scope. */
#define FREE_DOCUMENT __attribute__((cleanup(document_free)))
#define FREE_CONTENT  __attribute__((cleanup(content_free)))

/* Whether the node is an element of that name, and of no namespace. */
bool element_is(const xmlNode *node, const char *name);

/* The first child of that name, or NULL. So it is for a parent that is NULL. */
xmlNode *element_child(const xmlNode *parent, const char *name);

/* Whether the attribute is there, and has the value. */
bool attribute_is(xmlNode *node, const char *name, const char *value);

/*
 * A number as libvirt reads it: 0x and hexadecimal, a leading 0 and octal, or decimal. Absent is 0. Returns 0; -EINVAL
 * for what is no number, -ERANGE above max, -ENOMEM.
 */
int attribute_number(xmlNode *node, const char *name, uint64_t max, uint64_t *ret);
