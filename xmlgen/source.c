// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/source.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "probe/document.h"

const struct element *source_element(const xmlNode *node)
{
	return node->_private;
}

bool element_closes_itself(const struct element *element)
{
	return element->inner == element->end;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind the next occurrence of a string; the end of the text when there is none, which well-formed text rules out. */
static size_t find_behind(const struct source *source, size_t at, const char *string)
{
	const char *found = memmem(source->text + at, source->size - at, string, strlen(string));

	return found ? (size_t)(found - source->text) + strlen(string) : source->size;
}

static bool begins(const struct source *source, size_t at, const char *string)
{
	size_t length = strlen(string);

	return source->size - at >= length && memcmp(source->text + at, string, length) == 0;
}

/* Behind the '>' of a tag that begins at the offset. */
static size_t find_tag_end(const struct source *source, size_t at)
{
	char quote = 0;

	for (; at < source->size; at++) {
		char c = source->text[at];

		if (c == quote)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (!quote && c == '>')
			return at + 1;
	}
	return at;
}

/* The next element of the tree in the order of the text. */
static xmlNode *next_element(const xmlNode *root, xmlNode *node)
{
	do {
		if (node->children && node->type == XML_ELEMENT_NODE) {
			node = node->children;
			continue;
		}
		while (node != root && !node->next)
			node = node->parent;
		node = node == root ? NULL : node->next;
	} while (node && node->type != XML_ELEMENT_NODE);
	return node;
}

/* A name in another encoding than UTF-8 cannot be compared. */
static bool is_named(const struct source *source, const struct element *element)
{
	const xmlNode *node = element->node;
	const char *name = (const char *)node->name, *prefix = node->ns ? (const char *)node->ns->prefix : NULL;
	size_t at = element->begin + 1;

	for (const char *c = name; *c; c++) {
		if (*c & 0x80)
			return true;
	}
	if (prefix)
		at = find_behind(source, at, ":");
	return at < source->size && begins(source, at, name);
}

struct scan {
	struct source *source;
	struct element *open; /* the innermost */
	xmlNode *next;
};

static int scan_start(struct scan *scan, size_t at, size_t end)
{
	struct source *source = scan->source;
	struct element *element = &source->elements[source->n_elements];

	if (!scan->next || end - at < 3)
		return -EINVAL;
	*element = (struct element){ .node = scan->next, .begin = at, .end = end, .inner = end, .closing = end };
	if ((scan->open ? scan->open->node : (xmlNode *)source->document) != element->node->parent ||
		!is_named(source, element))
		return -EINVAL;
	element->node->_private = element;
	source->n_elements++;
	scan->next = next_element(source->elements[0].node, scan->next);
	if (source->text[end - 2] != '/') {
		element->end = 0;
		scan->open = element;
	}
	return 0;
}

static int scan_end(struct scan *scan, size_t at, size_t end)
{
	struct element *element = scan->open;

	if (!element)
		return -EINVAL;
	element->closing = at;
	element->end = end;
	scan->open = element == scan->source->elements ? NULL : element->node->parent->_private;
	return 0;
}

static int scan_elements(struct source *source)
{
	struct scan scan = { .source = source, .next = xmlDocGetRootElement(source->document) };
	size_t at = 0, end;
	int r = 0;

	for (; r == 0; at = end) {
		const char *found = memchr(source->text + at, '<', source->size - at);

		if (!found)
			break;
		at = (size_t)(found - source->text);
		if (begins(source, at, "<!--")) {
			end = find_behind(source, at + 4, "-->");
		} else if (begins(source, at, "<![CDATA[")) {
			end = find_behind(source, at, "]]>");
		} else if (begins(source, at, "<?")) {
			end = find_behind(source, at, "?>");
		} else {
			end = find_tag_end(source, at);
			r = begins(source, at, "</") ? scan_end(&scan, at, end) : scan_start(&scan, at, end);
		}
	}
	return r < 0 || scan.open || scan.next || source->n_elements == 0 ? -EINVAL : 0;
}

static size_t count_elements(xmlNode *root)
{
	size_t n = 1;

	for (xmlNode *node = root; (node = next_element(root, node));)
		n++;
	return n;
}

struct shown source_shown(const xmlChar *foreign)
{
	char beginning[sizeof(((struct shown *)NULL)->s)];
	struct shown shown = { 0 };
	struct text text;

	(void)snprintf(beginning, sizeof(beginning), "%s", foreign ? (const char *)foreign : "");
	text_init(&text, shown.s, sizeof(shown.s));
	text_add_foreign(&text, beginning);
	return shown;
}

static int check_root(const xmlNode *root, struct refusal *refusal)
{
	if (element_is(root, "domain"))
		return 0;
	return refusal_set(refusal, REFUSAL_INPUT,
		"the XML is no libvirt domain: its root is '%s'; take the domain's from 'virsh dumpxml --inactive'",
		source_shown(root->name).s);
}

int source_read(const char *xml, size_t size, struct source *ret, struct refusal *refusal)
{
	struct source source = { .text = xml, .size = size };
	int r = document_read(xml, size, &source.document, refusal);
	xmlNode *root;

	if (r < 0)
		return r;
	root = xmlDocGetRootElement(source.document);
	r = check_root(root, refusal);
	if (r == 0) {
		source.elements = calloc(count_elements(root), sizeof(*source.elements));
		if (!source.elements)
			r = refusal_set(refusal, REFUSAL_INPUT, "there is no memory for the domain XML");
		else if (scan_elements(&source) < 0)
			r = refusal_set(
				refusal, REFUSAL_INPUT, "the elements of the domain XML cannot be found in its text");
	}
	if (r < 0)
		source_finish(&source);
	else
		*ret = source;
	return r;
}

void source_finish(struct source *source)
{
	free(source->elements);
	xmlFreeDoc(source->document);
	source->elements = NULL;
	source->document = NULL;
}

/* Behind the element's name. */
static size_t skip_name(const struct source *source, size_t at)
{
	while (at < source->size && !is_blank(source->text[at]) && !strchr("=/>", source->text[at]))
		at++;
	return at;
}

static size_t skip_blanks(const struct source *source, size_t at)
{
	while (at < source->size && is_blank(source->text[at]))
		at++;
	return at;
}

/* Takes the attribute behind the offset; false when there is none up to the tag's end. */
static bool take_attribute(const struct source *source, size_t at, struct attribute *ret, size_t *ret_name_end)
{
	const char *closing;

	at = skip_blanks(source, at);
	if (at >= source->size || source->text[at] == '/' || source->text[at] == '>')
		return false;
	ret->begin = at;
	*ret_name_end = at = skip_name(source, at);
	at = skip_blanks(source, at);
	if (at >= source->size || source->text[at] != '=')
		return false;
	at = skip_blanks(source, at + 1);
	if (at >= source->size)
		return false;
	ret->quote = source->text[at++];
	closing = memchr(source->text + at, ret->quote, source->size - at);
	if (!closing)
		return false;
	ret->value_begin = at;
	ret->value_end = (size_t)(closing - source->text);
	ret->end = ret->value_end + 1;
	return true;
}

bool source_attribute(
	const struct source *source, const struct element *element, const char *name, struct attribute *ret)
{
	size_t at = skip_name(source, element->begin + 1), name_end, length = strlen(name);

	while (take_attribute(source, at, ret, &name_end)) {
		if (name_end - ret->begin == length && memcmp(source->text + ret->begin, name, length) == 0)
			return true;
		at = ret->end;
	}
	return false;
}

size_t source_attributes_end(const struct source *source, const struct element *element)
{
	size_t at = skip_name(source, element->begin + 1), name_end;
	struct attribute attribute;

	while (take_attribute(source, at, &attribute, &name_end))
		at = attribute.end;
	return at;
}
