// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/layout.h"

#include <errno.h>
#include <string.h>

#include <libxml/xmlsave.h>

/* What libxml2 indents by, a level. */
#define LEVEL 2

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

size_t layout_blank_begin(const struct source *source, size_t offset)
{
	while (offset > 0 && source->text[offset - 1] && strchr(" \t\r\n", source->text[offset - 1]))
		offset--;
	return offset;
}

size_t layout_line_begin(const struct source *source, size_t offset)
{
	size_t begin = layout_blank_begin(source, offset), at = offset;

	while (at > begin && !is_line_end(source->text[at - 1]))
		at--;
	if (at == begin)
		return offset;
	at--;
	return at > begin && source->text[at] == '\n' && source->text[at - 1] == '\r' ? at - 1 : at;
}

/* The first element of all has a line, though nothing stands before it. */
struct lead layout_lead(const struct source *source, const struct element *element)
{
	size_t line = layout_line_begin(source, element->begin);
	struct lead lead = { .begin = line, .end = element->begin, .is_line = line < element->begin };

	while (lead.begin < lead.end && is_line_end(source->text[lead.begin]))
		lead.begin++;
	return lead;
}

static bool find_lead(const struct source *source, const xmlNode *parent, struct lead *ret)
{
	for (const xmlNode *node = parent->children; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		*ret = layout_lead(source, source_element(node));
		if (ret->is_line)
			return true;
	}
	return false;
}

static bool has_elements(const xmlNode *parent)
{
	for (const xmlNode *node = parent->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			return true;
	}
	return false;
}

struct lead layout_lead_below(const struct source *source, const struct element *parent)
{
	struct lead lead = { 0 };

	if (find_lead(source, parent->node, &lead) || has_elements(parent->node))
		return lead;
	lead = layout_lead(source, parent);
	lead.levels = lead.is_line;
	return lead;
}

static const char *find_line_end(const struct source *source)
{
	const char *found = memchr(source->text, '\n', source->size);

	if (found)
		return found > source->text && found[-1] == '\r' ? "\r\n" : "\n";
	return memchr(source->text, '\r', source->size) ? "\r" : "\n";
}

void layout_init(const struct source *source, struct layout *ret)
{
	const struct element *root = &source->elements[0];
	struct lead own = layout_lead(source, root), below;
	size_t length = own.is_line ? own.end - own.begin : 0;

	*ret = (struct layout){
		.source = source, .line_end = find_line_end(source), .unit = "  ", .unit_length = strlen("  ")
	};
	if (!find_lead(source, root->node, &below) || below.end - below.begin <= length)
		return;
	ret->unit = source->text + below.begin + length;
	ret->unit_length = below.end - below.begin - length;
}

void layout_break(const struct layout *layout, struct lead lead, unsigned int levels, FILE *stream)
{
	if (!lead.is_line)
		return;
	(void)fputs(layout->line_end, stream);
	(void)fwrite(layout->source->text + lead.begin, 1, lead.end - lead.begin, stream);
	for (levels += lead.levels; levels > 0; levels--)
		(void)fwrite(layout->unit, 1, layout->unit_length, stream);
}

static int save(xmlNode *node, int options, xmlBuffer *buffer)
{
	xmlSaveCtxt *context = xmlSaveToBuffer(buffer, "US-ASCII", XML_SAVE_NO_DECL | options);

	if (!context)
		return -ENOMEM;
	if (xmlSaveTree(context, node) < 0) {
		(void)xmlSaveClose(context);
		return -ENOMEM;
	}
	return xmlSaveClose(context) < 0 ? -ENOMEM : 0;
}

/* Indents each line but the first as the document does. */
static void write_lines(const struct layout *layout, struct lead lead, const char *text, FILE *stream)
{
	for (;;) {
		size_t length = strcspn(text, "\n"), blanks;

		(void)fwrite(text, 1, length, stream);
		if (!text[length])
			break;
		text += length + 1;
		blanks = strspn(text, " ");
		layout_break(layout, lead, (unsigned int)(blanks / LEVEL), stream);
		text += blanks;
	}
}

int layout_element(const struct layout *layout, struct lead lead, xmlNode *node, FILE *stream)
{
	xmlBuffer *buffer = xmlBufferCreate();
	int r = buffer ? save(node, lead.is_line ? XML_SAVE_FORMAT : 0, buffer) : -ENOMEM;

	if (r == 0)
		write_lines(layout, lead, (const char *)xmlBufferContent(buffer), stream);
	xmlBufferFree(buffer);
	return r;
}

int layout_attribute(const char *name, const char *value, bool whole, FILE *stream)
{
	xmlBuffer *buffer = xmlBufferCreate();
	xmlNode *node = xmlNewNode(NULL, (const xmlChar *)"x");
	bool good = buffer && node && xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)value) &&
		    save(node, 0, buffer) == 0;

	if (good) {
		/* <x name="value"/> */
		const char *text = (const char *)xmlBufferContent(buffer);
		size_t begin = strlen("<x"), end = strlen(text) - strlen("/>");

		if (!whole) {
			begin += strlen(" =\"") + strlen(name);
			end--;
		}
		(void)fwrite(text + begin, 1, end - begin, stream);
	}
	xmlFreeNode(node);
	xmlBufferFree(buffer);
	return good ? 0 : -ENOMEM;
}
