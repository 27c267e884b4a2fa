// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/same.h"

#include <string.h>

#include "probe/document.h"

static const char *namespace_of(const xmlNs *ns)
{
	return ns && ns->href ? (const char *)ns->href : "";
}

bool node_is_akin(const xmlNode *a, const xmlNode *b)
{
	return a->type == XML_ELEMENT_NODE && b->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)a->name, (const char *)b->name) == 0 &&
	       strcmp(namespace_of(a->ns), namespace_of(b->ns)) == 0;
}

bool node_has_same(const xmlNode *a, const xmlNode *b, const char *attribute)
{
	xmlChar *one FREE_CONTENT = xmlGetNoNsProp(a, (const xmlChar *)attribute);
	xmlChar *other FREE_CONTENT = xmlGetNoNsProp(b, (const xmlChar *)attribute);

	return one && other ? strcmp((const char *)one, (const char *)other) == 0 : !one && !other;
}

static unsigned int count_attributes(const xmlNode *node)
{
	unsigned int n = 0;

	for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next)
		n++;
	return n;
}

static bool has_same_attributes(const xmlNode *a, const xmlNode *b)
{
	if (count_attributes(a) != count_attributes(b))
		return false;
	for (const xmlAttr *attribute = a->properties; attribute; attribute = attribute->next) {
		if (attribute->ns || !xmlHasNsProp(b, attribute->name, NULL) ||
			!node_has_same(a, b, (const char *)attribute->name))
			return false;
	}
	return true;
}

static const xmlNode *first_element(const xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE)
		node = node->next;
	return node;
}

static const char *trim(const char *text, size_t *ret_length)
{
	static const char blanks[] = " \t\r\n";
	size_t length;

	text += strspn(text, blanks);
	length = strlen(text);
	while (length > 0 && strchr(blanks, text[length - 1]))
		length--;
	*ret_length = length;
	return text;
}

static bool has_same_text(const xmlNode *a, const xmlNode *b)
{
	xmlChar *one FREE_CONTENT = xmlNodeGetContent(a), *other FREE_CONTENT = xmlNodeGetContent(b);
	size_t length, other_length;
	const char *text = trim(one ? (const char *)one : "", &length);
	const char *other_text = trim(other ? (const char *)other : "", &other_length);

	return length == other_length && memcmp(text, other_text, length) == 0;
}

bool node_is_same(const xmlNode *a, const xmlNode *b)
{
	const xmlNode *one = first_element(a->children), *other = first_element(b->children);

	if (!node_is_akin(a, b) || !has_same_attributes(a, b))
		return false;
	if (!one && !other)
		return has_same_text(a, b);
	while (one && other && node_is_same(one, other)) {
		one = first_element(one->next);
		other = first_element(other->next);
	}
	return !one && !other;
}
