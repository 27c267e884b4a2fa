/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: XML of a stranger as a tree of libxml2's. The one way in which such text is read here: nothing is fetched, no
 * entity is expanded, nothing is printed, and a document type declaration, which libvirt never writes, ends the
 * reading.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxml/tree.h>

#include "model/address.h"
#include "model/cpuset.h"
#include "model/refusal.h"

/* Reads domain XML of up to DOMAIN_XML_MAX. Returns 0, and a document that xmlFreeDoc() frees; -ECANCELED with the
 * refusal filled. */
int document_read(const char *xml, size_t size, xmlDoc **ret, struct refusal *refusal);

/* An element of libvirt's own, which has no namespace, and this name. */
bool element_is(const xmlNode *node, const char *name);

/* The first such child, or NULL: none, or no parent. */
xmlNode *element_child(const xmlNode *parent, const char *name);

/* Whether an attribute is there, with this value. */
bool element_has(const xmlNode *node, const char *name, const char *value);

/*
 * A number of an attribute as libvirt reads it: 0x and hexadecimal, a leading 0 and octal, or decimal. One that is
 * absent is 0. Returns 0; -EINVAL, -ERANGE as text_parse_number(), -ENOMEM.
 */
int element_number(const xmlNode *node, const char *name, uint64_t max, uint64_t *ret);

/* A whole number in decimal, with blanks around it. Returns 0; -EINVAL, also for none; -ERANGE. */
int document_parse_count(const char *text, uint64_t max, uint64_t *ret);

/* A PCI address of the attributes domain, bus, slot and function, likewise. */
int element_address(const xmlNode *node, struct address *ret);

/*
 * Bytes: the number of an attribute, or with NULL that in the element, in the unit of its attribute unit, as libvirt
 * reads memory: KiB where none is said. No number is 0. Returns 0; -EINVAL, -ERANGE.
 */
int element_bytes(const xmlNode *node, const char *attribute, uint64_t *ret);

/* Fills the refusal: which part of an element of the domain cannot be read, and its value, NULL for none. Returns
 * -ECANCELED. */
int element_refuse(const xmlNode *node, const char *part, const char *value, struct refusal *refusal);

/* The same in KiB, rounded up as libvirt does. Returns 0; -ECANCELED with the refusal filled. */
int element_kib(const xmlNode *node, const char *attribute, uint64_t *ret, struct refusal *refusal);

/*
 * The decimal number that an element holds; the one of an attribute, which has to be there; the CPUs, nodes or cells of
 * an attribute, or with NULL those that the element holds. Return 0; -ECANCELED with the refusal filled.
 */
int element_count(const xmlNode *node, uint64_t max, uint64_t *ret, struct refusal *refusal);
int element_index(const xmlNode *node, const char *attribute, uint64_t *ret, struct refusal *refusal);
int element_set(const xmlNode *node, const char *attribute, struct cpuset *ret, struct refusal *refusal);

/* For FREE_DOCUMENT and FREE_CONTENT. */
void document_free(xmlDoc **document);
void content_free(xmlChar **content);

/* xmlDoc *d FREE_DOCUMENT = NULL, xmlChar *c FREE_CONTENT = …: freed when it goes out of scope. */
#define FREE_DOCUMENT __attribute__((cleanup(document_free)))
#define FREE_CONTENT  __attribute__((cleanup(content_free)))
