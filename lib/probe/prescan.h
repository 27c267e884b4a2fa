/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: what is to be known of a stranger's XML before libxml2 reads it.
 *
 * It compares each attribute of a tag with every other, and seeks the namespace of each element among all that are in
 * scope (libxml2 2.9, parser.c: xmlParseStartTag2(), xmlGetNamespace()): a text of 4 MiB keeps it busy for minutes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Far above what any domain has. */
#define PRESCAN_ATTRIBUTES_MAX 256
#define PRESCAN_NAMESPACES_MAX 1024

/*
 * Whether the bytes of ASCII are ASCII wherever they stand: UTF-8, or a declared ISO-8859 or windows code page. Others,
 * UTF-16 among them, are not what libvirt writes, and say in bytes of markup what is none.
 */
bool prescan_is_plain(const char *xml, size_t size);

/* Whether plain text, well-formed or not, has more attributes in a tag, or more words xmlns, than that. One pass. */
bool prescan_is_crowded(const char *xml, size_t size);
