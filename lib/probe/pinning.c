// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/pinning.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "probe/document.h"

/* Adds what an attribute lists; CPUs and NUMA nodes are listed alike. */
static int parse_set(xmlNode *element, const char *attribute, struct cpuset *set, struct refusal *refusal)
{
	struct cpuset read;
	int r = element_set(element, attribute, &read, refusal);

	if (r < 0)
		return r;
	cpuset_add_all(set, &read);
	return 0;
}

/* One pin for one thread: libvirt takes no second one. */
static int parse_pin(xmlNode *element, struct cpuset *set, struct refusal *refusal)
{
	if (!cpuset_is_empty(set))
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain XML has <%s> twice for the same thread; correct it with 'virsh edit'",
			(const char *)element->name);
	return parse_set(element, "cpuset", set, refusal);
}

static int parse_vcpupin(xmlNode *element, struct pinning *pinning, struct refusal *refusal)
{
	struct cpuset unused = { 0 };
	uint64_t vcpu = 0;
	int r;

	r = element_index(element, "vcpu", &vcpu, refusal);
	if (r < 0)
		return r;
	return parse_pin(element, vcpu < pinning->n_vcpus ? &pinning->vcpus[vcpu] : &unused, refusal);
}

static int parse_emulatorpin(xmlNode *element, struct pinning *pinning, struct refusal *refusal)
{
	return parse_pin(element, &pinning->emulator, refusal);
}

static int parse_iothreadpin(xmlNode *element, struct pinning *pinning, struct refusal *refusal)
{
	return parse_set(element, "cpuset", &pinning->iothreads, refusal);
}

/* Memory whose place numad chooses has no nodes in the XML, or old ones. */
static int parse_memory(xmlNode *element, struct pinning *pinning, struct refusal *refusal)
{
	if (element_has(element, "placement", "auto") || !xmlHasNsProp(element, (const xmlChar *)"nodeset", NULL))
		return 0;
	return parse_set(element, "nodeset", &pinning->nodes, refusal);
}

static int parse_memnode(xmlNode *element, struct pinning *pinning, struct refusal *refusal)
{
	return parse_set(element, "nodeset", &pinning->nodes, refusal);
}

static const struct {
	const char *parent, *name;
	int (*parse)(xmlNode *element, struct pinning *pinning, struct refusal *refusal);
} elements[] = {
	{ "cputune", "vcpupin", parse_vcpupin },
	{ "cputune", "emulatorpin", parse_emulatorpin },
	{ "cputune", "iothreadpin", parse_iothreadpin },
	{ "numatune", "memory", parse_memory },
	{ "numatune", "memnode", parse_memnode },
};

static int parse_child(const char *parent, xmlNode *child, struct pinning *pinning, struct refusal *refusal)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		if (strcmp(elements[i].parent, parent) == 0 && element_is(child, elements[i].name))
			return elements[i].parse(child, pinning, refusal);
	}
	return 0;
}

static int parse_children(xmlNode *parent, struct pinning *pinning, struct refusal *refusal)
{
	for (xmlNode *child = parent->children; child; child = child->next) {
		int r = parse_child((const char *)parent->name, child, pinning, refusal);

		if (r < 0)
			return r;
	}
	return 0;
}

/* How many vCPUs there are, and the CPUs of threads that have no pin of their own: empty for all. */
static int parse_vcpu(const xmlNode *root, struct pinning *pinning, struct cpuset *common, struct refusal *refusal)
{
	xmlNode *element = element_child(root, "vcpu");
	uint64_t n = 1;
	int r = element ? element_count(element, UINT32_MAX, &n, refusal) : 0;

	if (r < 0)
		return r;
	if (n == 0 || n > VCPUS_MAX)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain has %llu vCPUs, and 1 to %d are understood; correct it with 'virsh edit'",
			(unsigned long long)n, VCPUS_MAX);
	pinning->n_vcpus = (unsigned int)n;
	/* Where numad chooses them, libvirt ignores the attribute. */
	if (!element || element_has(element, "placement", "auto") ||
		!xmlHasNsProp(element, (const xmlChar *)"cpuset", NULL))
		return 0;
	return parse_set(element, "cpuset", common, refusal);
}

static int has_iothreads(const xmlNode *root, bool *ret, struct refusal *refusal)
{
	xmlNode *element = element_child(root, "iothreads");
	uint64_t n = 0;
	int r = element ? element_count(element, UINT32_MAX, &n, refusal) : 0;

	if (r < 0)
		return r;
	*ret = n > 0 || element_child(element_child(root, "iothreadids"), "iothread");
	return 0;
}

/* libvirt gives a thread without a pin the common CPUs, and all when there are none of those either. */
static void fill_pins(struct pinning *pinning, const struct cpuset *common, bool iothreads)
{
	for (unsigned int i = 0; i < pinning->n_vcpus; i++) {
		if (cpuset_is_empty(&pinning->vcpus[i]))
			pinning->vcpus[i] = *common;
	}
	if (cpuset_is_empty(&pinning->emulator))
		pinning->emulator = *common;
	if (!iothreads)
		pinning->iothreads = (struct cpuset){ 0 };
	else if (cpuset_is_empty(&pinning->iothreads))
		pinning->iothreads = *common;
}

static int parse_root(const xmlNode *root, struct pinning *pinning, struct refusal *refusal)
{
	struct cpuset common = { 0 };
	bool iothreads;
	int r;

	r = parse_vcpu(root, pinning, &common, refusal);
	if (r < 0)
		return r;
	for (xmlNode *child = root->children; child; child = child->next) {
		if (!element_is(child, "cputune") && !element_is(child, "numatune"))
			continue;
		r = parse_children(child, pinning, refusal);
		if (r < 0)
			return r;
	}
	r = has_iothreads(root, &iothreads, refusal);
	if (r < 0)
		return r;
	fill_pins(pinning, &common, iothreads);
	return 0;
}

int pinning_read(const xmlNode *root, struct pinning *ret, struct refusal *refusal)
{
	struct pinning *pinning;
	int r;

	if (!root || !element_is(root, "domain"))
		return refusal_set(refusal, REFUSAL_INPUT, "the XML is no libvirt domain");
	pinning = calloc(1, sizeof(*pinning));
	if (!pinning)
		return refusal_set(refusal, REFUSAL_INPUT, "there is no memory to read the domain XML");
	r = parse_root(root, pinning, refusal);
	if (r == 0)
		*ret = *pinning;
	free(pinning);
	return r;
}

int pinning_parse(const char *xml, size_t size, struct pinning *ret, struct refusal *refusal)
{
	xmlDoc *document FREE_DOCUMENT = NULL;
	int r = document_read(xml, size, &document, refusal);

	return r < 0 ? r : pinning_read(xmlDocGetRootElement(document), ret, refusal);
}
