// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Somewhere to point to. */
static char failed;

static void fail(xmlNode *node)
{
	if (node && node->doc)
		node->doc->_private = &failed;
}

bool build_failed(const xmlDoc *document)
{
	return !document || document->_private == &failed;
}

xmlDoc *build_document(const char *root)
{
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *node = document ? xmlNewDocNode(document, NULL, (const xmlChar *)root, NULL) : NULL;

	if (!node) {
		xmlFreeDoc(document);
		return NULL;
	}
	xmlDocSetRootElement(document, node);
	return document;
}

static xmlNode *add(xmlNode *parent, const char *name, const char *text)
{
	xmlNode *node = parent ? xmlNewTextChild(parent, NULL, (const xmlChar *)name, (const xmlChar *)text) : NULL;

	if (!node)
		fail(parent);
	return node;
}

xmlNode *build_add(xmlNode *parent, const char *name)
{
	return add(parent, name, NULL);
}

xmlNode *build_add_text(xmlNode *parent, const char *name, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	xmlNode *node;
	int r;

	va_start(arguments, format);
	r = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (r < 0) {
		fail(parent);
		return NULL;
	}
	node = add(parent, name, text);
	free(text);
	return node;
}

xmlNode *build_take(xmlNode *parent, xmlNode *node)
{
	xmlNode *added = parent && node ? xmlAddChild(parent, node) : NULL;

	if (!added) {
		fail(parent);
		xmlFreeNode(node);
	}
	return added;
}

void build_set(xmlNode *node, const char *name, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	int r;

	va_start(arguments, format);
	r = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (r < 0) {
		fail(node);
		return;
	}
	if (node && !xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)text))
		fail(node);
	free(text);
}

char *build_print(xmlDoc *document)
{
	xmlBuffer *buffer = xmlBufferCreate();
	char *text = NULL;

	if (buffer && !build_failed(document) &&
		xmlNodeDump(buffer, document, xmlDocGetRootElement(document), 0, 1) >= 0 &&
		asprintf(&text, "%s\n", (const char *)xmlBufferContent(buffer)) < 0)
		text = NULL;
	xmlBufferFree(buffer);
	return text;
}
