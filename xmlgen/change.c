// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/change.h"

#include <string.h>

#include "probe/document.h"

void change_init(const struct source *source, struct edits *edits, struct change *ret)
{
	*ret = (struct change){ .source = source, .edits = edits };
	layout_init(source, &ret->layout);
	for (const xmlNode *node = source->elements[0].node->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			ret->last[rule_order(node)] = node;
	}
}

static void write_attribute(struct change *change, const char *name, const char *value, bool whole, FILE *stream)
{
	if (layout_attribute(name, value, whole, stream) < 0)
		change->edits->failed = true;
}

/* What stands before a node, and the node. */
static void write_node(struct change *change, struct lead lead, xmlNode *node, FILE *stream)
{
	layout_break(&change->layout, lead, 0, stream);
	if (layout_element(&change->layout, lead, node, stream) < 0)
		change->edits->failed = true;
}

void change_attribute(struct change *change, const xmlNode *node, const char *name, const char *value)
{
	const struct element *element = source_element(node);
	struct attribute attribute;
	size_t end;

	if (element_has(node, name, value))
		return;
	if (!source_attribute(change->source, element, name, &attribute)) {
		end = source_attributes_end(change->source, element);
		write_attribute(change, name, value, true, edit_begin(change->edits, end, 0));
	} else if (attribute.quote == '\'' && strchr(value, '\'')) {
		/* The library writes for double quotes; the blank before the name is there already. */
		size_t begin = layout_blank_begin(change->source, attribute.begin);

		write_attribute(change, name, value, true, edit_begin(change->edits, begin, attribute.end - begin));
	} else {
		write_attribute(change, name, value, false,
			edit_begin(change->edits, attribute.value_begin, attribute.value_end - attribute.value_begin));
	}
}

void change_remove(struct change *change, const xmlNode *node)
{
	const struct element *element = source_element(node);
	size_t begin = layout_line_begin(change->source, element->begin);

	(void)edit_begin(change->edits, begin, element->end - begin);
}

void change_replace(struct change *change, const xmlNode *node, xmlNode *wanted)
{
	const struct element *element = source_element(node);
	struct lead lead = layout_lead(change->source, element);
	FILE *stream = edit_begin(change->edits, element->begin, element->end - element->begin);

	if (layout_element(&change->layout, lead, wanted, stream) < 0)
		change->edits->failed = true;
}

void change_add_behind(struct change *change, const xmlNode *node, xmlNode *wanted)
{
	const struct element *element = source_element(node);
	struct lead lead = layout_lead(change->source, element);

	if (!lead.is_line)
		lead = layout_lead_below(change->source, source_element(node->parent));
	write_node(change, lead, wanted, edit_begin(change->edits, element->end, 0));
}

static void add_first(struct change *change, const xmlNode *parent, xmlNode *wanted)
{
	const struct element *element = source_element(parent);

	write_node(change, layout_lead_below(change->source, element), wanted,
		edit_begin(change->edits, element->inner, 0));
}

void change_add_in_order(struct change *change, const xmlNode *domain, xmlNode *wanted)
{
	size_t order = rule_order(wanted);

	while (order > 0 && !change->last[order - 1])
		order--;
	if (order > 0)
		change_add_behind(change, change->last[order - 1], wanted);
	else
		add_first(change, domain, wanted);
}

/* The end tag of an element that closed itself: its name is as long as it is in the start tag. */
static void write_end_tag(const struct source *source, const struct element *element, FILE *stream)
{
	const char *name = source->text + element->begin + 1;
	size_t length = strcspn(name, " \t\r\n/");

	(void)fputs("</", stream);
	(void)fwrite(name, 1, length, stream);
	(void)fputs(">", stream);
}

/* Whether a line ends between two offsets. */
static bool has_line_end(const struct source *source, size_t begin, size_t end)
{
	return memchr(source->text + begin, '\n', end - begin) || memchr(source->text + begin, '\r', end - begin);
}

void change_add_last(struct change *change, const xmlNode *parent, xmlNode *const wanted[], size_t n)
{
	const struct element *element = source_element(parent);
	struct lead lead = layout_lead_below(change->source, element);
	struct lead own = layout_lead(change->source, element);
	bool closes_itself = element_closes_itself(element);
	size_t at = closes_itself ? element->end - strlen("/>") : layout_blank_begin(change->source, element->closing);
	FILE *stream = edit_begin(change->edits, at, closes_itself ? strlen("/>") : 0);

	if (closes_itself)
		(void)fputs(">", stream);
	for (size_t i = 0; i < n; i++)
		write_node(change, lead, wanted[i], stream);
	if (closes_itself) {
		if (lead.is_line)
			layout_break(&change->layout, own, 0, stream);
		write_end_tag(change->source, element, stream);
	} else if (lead.is_line && !has_line_end(change->source, at, element->closing)) {
		layout_break(&change->layout, own, 0, stream);
	}
}
