// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "probe/document.h"
#include "xmlgen/change.h"
#include "xmlgen/rules.h"
#include "xmlgen/same.h"

#define PATH_SIZE 128

struct merge {
	struct change change;
	struct refusal *refusal;
};

/* One element of both trees, and what is to be added below it in the source. */
struct level {
	const xmlNode *parent, *wanted;
	const char *path; /* of both; "" for the domain */
	size_t n_added;
	xmlNode **added; /* at the end */
};

static int merge_level(struct merge *merge, const xmlNode *parent, const xmlNode *wanted, const char *path);

/* Whether it is the first of its namespace, seen from the root. */
static bool is_root_of_namespace(const xmlNode *node)
{
	return node->ns && !node->parent->ns;
}

/* Those of a namespace of their own are one each: libvirt keeps no second root element of a namespace. */
static bool is_of_kind(const xmlNode *node, const xmlNode *wanted, const struct rule *rule)
{
	if (node->type != XML_ELEMENT_NODE)
		return false;
	if (node->ns && is_root_of_namespace(wanted))
		return strcmp((const char *)node->ns->href, (const char *)wanted->ns->href) == 0;
	return node_is_akin(node, wanted) && (!rule->key || node_has_same(node, wanted, rule->key));
}

static xmlNode *find_kind(xmlNode *from, const xmlNode *wanted, const struct rule *rule)
{
	while (from && !is_of_kind(from, wanted, rule))
		from = from->next;
	return from;
}

static void add(struct merge *merge, struct level *level, xmlNode *wanted)
{
	if (!*level->path && !element_closes_itself(source_element(level->parent)))
		change_add_in_order(&merge->change, level->parent, wanted);
	else
		level->added[level->n_added++] = wanted;
}

static void set_attributes(struct merge *merge, const xmlNode *node, const xmlNode *wanted, enum way way)
{
	for (const xmlAttr *attribute = wanted->properties; attribute; attribute = attribute->next) {
		xmlChar *value FREE_CONTENT = xmlNodeGetContent((const xmlNode *)attribute);

		if (way == WAY_FILL && xmlHasNsProp(node, attribute->name, NULL))
			continue;
		if (value && !attribute->ns)
			change_attribute(&merge->change, node, (const char *)attribute->name, (const char *)value);
		else
			merge->change.edits->failed = true;
	}
}

static int merge_into(struct merge *merge, struct level *level, xmlNode *wanted, const struct rule *rule)
{
	xmlNode *node = find_kind(level->parent->children, wanted, rule);

	if (!node) {
		add(merge, level, wanted);
		return 0;
	}
	/* Another root element of the namespace is in the way of the wanted one. */
	if (!node_is_akin(node, wanted))
		return 0;
	if (rule->way != WAY_INTO_KEPT)
		set_attributes(merge, node, wanted, rule->way);
	return merge_level(merge, node, wanted, rule->path);
}

/* All of the name at once, when its first is met: one by one, so that what stands between them stays. */
static void merge_replace(struct merge *merge, struct level *level, xmlNode *wanted, const struct rule *rule)
{
	xmlNode *node = find_kind(level->parent->children, wanted, rule), *last = NULL;
	const xmlNode *first = wanted;

	if (find_kind(level->wanted->children, wanted, rule) != wanted)
		return;
	if (rule->way == WAY_REPLACE_OR_NONE && !wanted->properties && !wanted->children)
		wanted = NULL;
	for (; node; node = find_kind(node->next, first, rule)) {
		last = node;
		if (!wanted) {
			change_remove(&merge->change, node);
			continue;
		}
		if (!node_is_same(node, wanted))
			change_replace(&merge->change, node, wanted);
		wanted = find_kind(wanted->next, first, rule);
	}
	for (; wanted; wanted = find_kind(wanted->next, first, rule)) {
		if (last)
			change_add_behind(&merge->change, last, wanted);
		else
			add(merge, level, wanted);
	}
}

static int merge_child(struct merge *merge, struct level *level, xmlNode *wanted)
{
	const struct rule *rule;
	char path[PATH_SIZE];
	struct text text;

	text_init(&text, path, sizeof(path));
	text_add(&text, "%s%s%s", level->path, *level->path ? "/" : "", (const char *)wanted->name);
	rule = text.cut ? NULL : rule_find(path);
	if (!rule)
		return refusal_set(
			merge->refusal, REFUSAL_INPUT, "nothing says how '%s' is brought into a domain", path);
	if (rule_forbids(path, level->parent, wanted))
		return 0;
	switch (rule->way) {
	case WAY_INTO:
	case WAY_INTO_KEPT:
	case WAY_FILL:
		return merge_into(merge, level, wanted, rule);
	case WAY_REPLACE:
	case WAY_REPLACE_OR_NONE:
		merge_replace(merge, level, wanted, rule);
		break;
	case WAY_ENSURE:
		if (!find_kind(level->parent->children, wanted, rule))
			add(merge, level, wanted);
		break;
	}
	return 0;
}

static size_t count_children(const xmlNode *node)
{
	size_t n = 0;

	for (const xmlNode *child = node->children; child; child = child->next)
		n++;
	return n;
}

/* Below an element that is there, its namespace goes by the prefix that the domain has for it. */
static void add_last(struct merge *merge, const struct level *level)
{
	xmlNs *own = level->wanted->ns;

	for (size_t i = 0; i < level->n_added && own; i++)
		xmlSetNs(level->added[i], level->parent->ns);
	change_add_last(&merge->change, level->parent, level->added, level->n_added);
	for (size_t i = 0; i < level->n_added && own; i++)
		xmlSetNs(level->added[i], own);
}

/* As deep as the paths of the rules are. */
static int merge_level(struct merge *merge, const xmlNode *parent, const xmlNode *wanted, const char *path)
{
	struct level level = { .parent = parent, .wanted = wanted, .path = path };
	int r = 0;

	level.added = calloc(count_children(wanted) + 1, sizeof(xmlNode *));
	if (!level.added) {
		merge->change.edits->failed = true;
		return 0;
	}
	for (xmlNode *child = wanted->children; child && r == 0; child = child->next) {
		if (child->type == XML_ELEMENT_NODE)
			r = merge_child(merge, &level, child);
	}
	if (r == 0 && level.n_added > 0)
		add_last(merge, &level);
	free(level.added);
	return r;
}

/* AMD's threads, of a domain that was tuned on AMD's processor before: no other has them. */
static void tidy_cpu(struct merge *merge, const xmlNode *cpu, const xmlNode *wanted)
{
	static const struct rule by_name = { .key = "name" };

	for (xmlNode *node = cpu->children; node; node = node->next) {
		if (element_is(node, "feature") && element_has(node, "name", "topoext") &&
			element_has(node, "policy", "require") && element_has(cpu, "mode", "host-passthrough") &&
			element_child(wanted, "topology") && !find_kind(wanted->children, node, &by_name))
			change_remove(&merge->change, node);
	}
}

/* libvirt refuses huge pages beside this (src/qemu/qemu_validate.c: qemuValidateDomainDefMemory()). */
static void tidy_backing(struct merge *merge, const xmlNode *backing)
{
	for (const xmlNode *node = backing->children; node; node = node->next) {
		if (element_is(node, "allocation") && element_has(node, "mode", "ondemand"))
			change_attribute(&merge->change, node, "mode", "immediate");
	}
}

static void tidy(struct merge *merge, const xmlNode *domain, const xmlNode *wanted)
{
	const xmlNode *cpu = element_child(domain, "cpu"), *wanted_cpu = element_child(wanted, "cpu");
	const xmlNode *backing = element_child(domain, "memoryBacking");
	const xmlNode *wanted_backing = element_child(wanted, "memoryBacking");

	if (cpu && wanted_cpu)
		tidy_cpu(merge, cpu, wanted_cpu);
	if (backing && wanted_backing && element_child(wanted_backing, "hugepages"))
		tidy_backing(merge, backing);
}

/* What is added as a whole is not asked of one by one: QEMU has no timers of Hyper-V without its clock. */
static void prune_hyperv(const xmlNode *domain, const xmlNode *wanted)
{
	const xmlNode *hyperv = element_child(element_child(wanted, "features"), "hyperv");
	xmlNode *stimer = element_child(hyperv, "stimer");

	if (!stimer || element_child(element_child(domain, "features"), "hyperv") || rule_has_clock(domain, wanted))
		return;
	xmlUnlinkNode(stimer);
	xmlFreeNode(stimer);
}

int merge(const struct source *source, xmlNode *wanted, struct edits *edits, struct refusal *refusal)
{
	struct merge merge = { .refusal = refusal };
	const xmlNode *domain = source->elements[0].node;
	int r;

	change_init(source, edits, &merge.change);
	prune_hyperv(domain, wanted);
	r = merge_level(&merge, domain, wanted, "");
	if (r < 0)
		return r;
	tidy(&merge, domain, wanted);
	return 0;
}
