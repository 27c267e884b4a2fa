// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/domain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/tree.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/demand.h"
#include "probe/document.h"

static int parse_hostdevs(const xmlNode *devices, struct domain *domain, struct refusal *refusal)
{
	for (xmlNode *node = devices ? devices->children : NULL; node; node = node->next) {
		struct address address;
		xmlNode *source;
		int r;

		if (!element_is(node, "hostdev") || !element_has(node, "type", "pci"))
			continue;
		source = element_child(element_child(node, "source"), "address");
		r = source ? element_address(source, &address) : -EINVAL;
		if (r < 0)
			return refusal_set(refusal, REFUSAL_INPUT,
				"a PCI hostdev of the domain has no readable source address; correct it with "
				"'virsh edit'");
		r = domain_add_hostdev(domain, address);
		if (r < 0)
			return refusal_set(refusal, REFUSAL_INPUT,
				"the domain names more than %d PCI hostdevs; remove some with 'virsh edit'",
				DOMAIN_HOSTDEVS_MAX);
	}
	return 0;
}

/* Copies 32 hexadecimal digits, with or without dashes, as 8-4-4-4-12 in lower case. */
static int parse_uuid(const char *text, char target[DOMAIN_UUID_SIZE])
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof(form); i++) {
		char c = *text;

		if (form[i] == '-') {
			target[i] = '-';
			text += c == '-';
			continue;
		}
		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		if (form[i] == 'x' ? !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) : c != form[i])
			return -EINVAL;
		target[i] = c;
		text++;
	}
	return 0;
}

static int parse_identity(const xmlNode *root, struct domain *domain, struct refusal *refusal)
{
	xmlChar *name FREE_CONTENT = NULL, *uuid FREE_CONTENT = NULL;
	xmlNode *node = element_child(root, "name");
	struct text text;

	name = node ? xmlNodeGetContent(node) : NULL;
	if (!name || !*name)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain XML has no name");
	text_init(&text, domain->name, sizeof(domain->name));
	text_add(&text, "%s", (const char *)name);

	node = element_child(root, "uuid");
	uuid = node ? xmlNodeGetContent(node) : NULL;
	if (uuid && parse_uuid((const char *)uuid, domain->uuid) < 0)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain XML has a malformed uuid");
	return 0;
}

static bool is_policy_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && node->ns &&
	       strcmp((const char *)node->ns->href, POLICY_NAMESPACE) == 0 &&
	       strcmp((const char *)node->name, name) == 0;
}

/* So much of a stranger's word leaves room for the rest of the sentence. */
#define SUBJECT_MAX 40

/* What is not understood is told when the domain starts: one that stops has to be given back all the same. */
static void complain(struct policy *policy, const char *format, const char *subject)
{
	char shown[SUBJECT_MAX + 1];
	struct text text;

	if (policy->problem[0])
		return;
	text_init(&text, policy->problem, sizeof(policy->problem));
	text_add(&text, "the policy in the domain's metadata %s '", format);
	(void)snprintf(shown, sizeof(shown), "%.*s", SUBJECT_MAX, subject);
	text_add_foreign(&text, shown);
	text_add(&text, "%s'; correct it with 'virsh edit', see gpu-handoff-policy(7)",
		subject[strlen(shown)] ? "..." : "");
}

/* Compared before anything else is read. */
static int set_version(struct policy *policy, const char *word)
{
	(void)policy;
	(void)word;
	return 0;
}

static const struct {
	const char *element, *attribute;
	int (*set)(struct policy *policy, const char *word);
} settings[] = {
	{ "policy", "version", set_version },
	{ "holders", "action", policy_set_action },
	{ "holders", "wait", policy_set_wait },
	{ "cpus", "isolate", policy_set_isolate },
	{ "cpus", "governor", policy_set_governor },
	{ "cpus", "overlap", policy_set_overlap },
	{ "hugepages", "allocate", policy_set_allocate },
};

/* Below the policy, each once and without children. */
static const char *const elements[] = { "holders", "cpus", "hugepages" };
#define N_ELEMENTS (sizeof(elements) / sizeof(elements[0]))

static void parse_setting(const char *element, const xmlAttr *attribute, struct policy *policy)
{
	xmlChar *value FREE_CONTENT = xmlNodeGetContent((const xmlNode *)attribute);

	for (size_t i = 0; !attribute->ns && i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (strcmp(settings[i].element, element) != 0 ||
			strcmp(settings[i].attribute, (const char *)attribute->name) != 0)
			continue;
		if (!value || settings[i].set(policy, (const char *)value) < 0)
			complain(policy, "has an unknown value", value ? (const char *)value : "");
		return;
	}
	complain(policy, "has an unknown attribute", (const char *)attribute->name);
}

static void parse_settings(const xmlNode *element, struct policy *policy)
{
	for (const xmlAttr *attribute = element->properties; attribute; attribute = attribute->next)
		parse_setting((const char *)element->name, attribute, policy);
}

/* The place of one in the list; N_ELEMENTS for one that is not known. */
static size_t find_element(const xmlNode *node)
{
	size_t i = 0;

	while (i < N_ELEMENTS && !is_policy_element(node, elements[i]))
		i++;
	return i;
}

static void refuse_children(const xmlNode *parent, struct policy *policy)
{
	for (const xmlNode *node = parent->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			complain(policy, "has an unknown element", (const char *)node->name);
	}
}

/* Of two that say different things, none is guessed to be meant. */
static void parse_elements(const xmlNode *parent, struct policy *policy)
{
	bool seen[N_ELEMENTS] = { false };

	for (const xmlNode *node = parent->children; node; node = node->next) {
		size_t i = find_element(node);

		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (i == N_ELEMENTS) {
			complain(policy, "has an unknown element", (const char *)node->name);
		} else if (seen[i]) {
			complain(policy, "has a second element", elements[i]);
		} else {
			seen[i] = true;
			parse_settings(node, policy);
		}
		refuse_children(node, policy);
	}
}

static const xmlNode *find_policy(const xmlNode *from)
{
	while (from && !is_policy_element(from, "policy"))
		from = from->next;
	return from;
}

static void parse_policy(const xmlNode *root, struct domain *domain)
{
	const xmlNode *metadata = element_child(root, "metadata");
	const xmlNode *element = metadata ? find_policy(metadata->children) : NULL;
	struct policy *policy = &domain->policy;

	policy_init(policy);
	domain->has_policy = element;
	if (!element)
		return;
	if (!element_has(element, "version", POLICY_VERSION))
		complain(policy, "has another version than", POLICY_VERSION);
	parse_settings(element, policy);
	parse_elements(element, policy);
	if (find_policy(element->next))
		complain(policy, "has a second element", "policy");
}

static int parse_domain(const xmlNode *root, struct domain *domain, struct refusal *refusal)
{
	int r;

	if (!root || !element_is(root, "domain"))
		return refusal_set(refusal, REFUSAL_INPUT, "the XML is no libvirt domain");
	r = parse_identity(root, domain, refusal);
	if (r < 0)
		return r;
	parse_policy(root, domain);
	r = parse_hostdevs(element_child(root, "devices"), domain, refusal);
	if (r < 0)
		return r;
	/* All other domains are none of ours, and pay nothing. */
	if (domain->n_hostdevs > 0 || domain->has_policy)
		demand_read(root, &domain->demand);
	return 0;
}

int domain_parse(const char *xml, size_t size, struct domain *ret, struct refusal *refusal)
{
	xmlDoc *document FREE_DOCUMENT = NULL;
	struct domain domain = { 0 };
	int r = document_read(xml, size, &document, refusal);

	if (r < 0)
		return r;
	r = parse_domain(xmlDocGetRootElement(document), &domain, refusal);
	if (r < 0)
		return r;
	*ret = domain;
	return 0;
}

int domain_load(int fd, const char *name, char **ret, size_t *ret_size, struct refusal *refusal)
{
	char *xml = fd < 0 ? NULL : malloc(DOMAIN_XML_MAX);
	ssize_t n = fd < 0 ? fd : xml ? fd_read_all(fd, xml, DOMAIN_XML_MAX) : -ENOMEM;

	if (n < 0) {
		free(xml);
		return refusal_set(refusal, REFUSAL_INPUT, "cannot read '%.500s': %s", name,
			n == -E2BIG ? "it is too large for a domain" : strerror((int)-n));
	}
	*ret = xml;
	*ret_size = (size_t)n;
	return 0;
}
