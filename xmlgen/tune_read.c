// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "probe/document.h"
#include "xmlgen/tune.h"

#define OSINFO_NAMESPACE "http://libosinfo.org/xmlns/libvirt/domain/1.0"

/* Decimal, as libvirt reads these. An empty text is 0. */
static int parse_count(const xmlChar *text, uint64_t max, uint64_t *ret)
{
	const char *begin = text ? (const char *)text : "";

	*ret = 0;
	return begin[strspn(begin, " \t\r\n")] ? document_parse_count(begin, max, ret) : 0;
}

static int read_count(const xmlNode *node, uint64_t max, uint64_t *ret)
{
	xmlChar *content FREE_CONTENT = xmlNodeGetContent(node);

	return parse_count(content, max, ret);
}

/* The kind of domain: what is tuned here is QEMU's. */
static int read_kind(const xmlNode *root, struct tune_facts *facts, struct refusal *refusal)
{
	const xmlNode *node = element_child(element_child(root, "os"), "type");
	xmlChar *kind FREE_CONTENT = xmlGetNoNsProp(root, (const xmlChar *)"type");
	xmlChar *type FREE_CONTENT = node ? xmlNodeGetContent(node) : NULL;
	xmlChar *arch FREE_CONTENT = node ? xmlGetNoNsProp(node, (const xmlChar *)"arch") : NULL;
	xmlChar *machine FREE_CONTENT = node ? xmlGetNoNsProp(node, (const xmlChar *)"machine") : NULL;
	const char *name = machine ? (const char *)machine : "pc";

	facts->is_kvm = kind && strcmp((const char *)kind, "kvm") == 0;
	if (!facts->is_kvm && (!kind || strcmp((const char *)kind, "qemu") != 0))
		return refusal_set(refusal, REFUSAL_INPUT,
			"only domains of type 'kvm' or 'qemu' are tuned: this one is '%s'", source_shown(kind).s);
	if (!type || strcmp((const char *)type, "hvm") != 0)
		return refusal_set(refusal, REFUSAL_INPUT,
			"only domains with an os of type 'hvm' are tuned: this one's is '%s'", source_shown(type).s);
	if (arch && strcmp((const char *)arch, "x86_64") != 0)
		return refusal_set(refusal, REFUSAL_INPUT, "only domains of arch 'x86_64' are tuned: this one is '%s'",
			source_shown(arch).s);
	if (strcmp(name, "q35") == 0 || strncmp(name, "pc-q35-", strlen("pc-q35-")) == 0)
		facts->machine = MACHINE_Q35;
	else if (strcmp(name, "pc") == 0 || strncmp(name, "pc-", strlen("pc-")) == 0)
		facts->machine = MACHINE_I440FX;
	return 0;
}

static int read_vcpus(const xmlNode *root, struct tune_facts *facts)
{
	const xmlNode *node = element_child(root, "vcpu");
	uint64_t vcpus = 1, current = 0;
	int r;

	if (node) {
		xmlChar *content FREE_CONTENT = xmlGetNoNsProp(node, (const xmlChar *)"current");

		r = read_count(node, UINT32_MAX, &vcpus);
		if (r < 0)
			return r;
		r = parse_count(content, UINT32_MAX, &current);
		if (r < 0 || vcpus == 0)
			return -EINVAL;
		facts->is_auto_placed = element_has(node, "placement", "auto");
	}
	facts->n_vcpus = (unsigned int)vcpus;
	return 0;
}

/* Whether a cell says no more than which CPUs and how much memory are in it. */
static bool is_plain(const xmlNode *cell)
{
	static const char *const known[] = { "id", "cpus", "memory", "unit" };
	size_t n = 0;

	for (const xmlNode *node = cell->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			return false;
	}
	for (const xmlAttr *attribute = cell->properties; attribute; attribute = attribute->next)
		n++;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		n -= xmlHasNsProp(cell, (const xmlChar *)known[i], NULL) != NULL;
	return n == 0;
}

/* The guest's nodes. With some, libvirt takes their memory, and not <memory>, which counts modules as well. */
static int read_cells(const xmlNode *root, struct tune_facts *facts)
{
	const xmlNode *numa = element_child(element_child(root, "cpu"), "numa");
	uint64_t all = 0, bytes;
	int r;

	for (const xmlNode *node = numa ? numa->children : NULL; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		facts->has_special_cells |= !element_is(node, "cell") || !is_plain(node);
		if (!element_is(node, "cell"))
			continue;
		facts->n_cells++;
		r = element_bytes(node, "memory", &bytes);
		if (r < 0 || __builtin_add_overflow(all, bytes, &all))
			return -ERANGE;
	}
	if (all > 0)
		facts->memory = all;
	return 0;
}

static int read_memory(const xmlNode *root, struct tune_facts *facts)
{
	const xmlNode *backing = element_child(root, "memoryBacking"), *memory = element_child(root, "memory");
	const xmlNode *pages = element_child(backing, "hugepages"), *page = element_child(pages, "page");
	int r = memory ? element_bytes(memory, NULL, &facts->memory) : 0;

	if (r < 0)
		return r;
	facts->has_hugepages = pages;
	/* Of cells, by their numbers. */
	facts->has_special_cells = page && xmlHasNsProp(page, (const xmlChar *)"nodeset", NULL);
	if (page) {
		r = element_bytes(page, "size", &facts->page_size);
		if (r < 0)
			return r;
	}
	return read_cells(root, facts);
}

static int read_iothreads(const xmlNode *root, struct tune_facts *facts)
{
	const xmlNode *node = element_child(root, "iothreads"), *ids = element_child(root, "iothreadids");
	uint64_t n = 0, listed = 0;
	int r = node ? read_count(node, UINT32_MAX, &n) : 0;

	if (r < 0)
		return r;
	for (node = ids ? ids->children : NULL; node; node = node->next)
		listed += element_is(node, "iothread");
	facts->n_iothreads = (unsigned int)(n > listed ? n : listed);
	return 0;
}

static void read_os_id(const xmlNode *root, struct tune_facts *facts)
{
	const xmlNode *metadata = element_child(root, "metadata");

	for (const xmlNode *info = metadata ? metadata->children : NULL; info; info = info->next) {
		if (info->type != XML_ELEMENT_NODE || !info->ns ||
			strcmp((const char *)info->ns->href, OSINFO_NAMESPACE) != 0)
			continue;
		for (const xmlNode *node = info->children; node; node = node->next) {
			xmlChar *id FREE_CONTENT = NULL;

			if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, "os") != 0)
				continue;
			id = xmlGetNoNsProp(node, (const xmlChar *)"id");
			/* One that does not fit is none that we know. */
			(void)text_copy(facts->os_id, sizeof(facts->os_id), id ? (const char *)id : "");
			return;
		}
	}
}

static int read_hostdev(const xmlNode *hostdev, struct domain *hostdevs, struct refusal *refusal)
{
	const xmlNode *node = element_child(element_child(hostdev, "source"), "address");
	struct address address;

	if (!node || element_address(node, &address) < 0)
		return refusal_set(refusal, REFUSAL_INPUT,
			"a PCI hostdev of the domain has no readable source address; correct it with 'virsh edit'");
	if (domain_add_hostdev(hostdevs, address) < 0)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain names more than %d PCI hostdevs; remove some with 'virsh edit'",
			DOMAIN_HOSTDEVS_MAX);
	return 0;
}

static int read_devices(const xmlNode *devices, struct tune_facts *facts, struct refusal *refusal)
{
	struct domain hostdevs = { 0 };
	int r;

	for (const xmlNode *node = devices ? devices->children : NULL; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		/* Modules of memory, and host bridges, are near cells. */
		facts->has_special_cells |=
			element_is(node, "memory") || element_child(element_child(node, "target"), "node");
		if (!element_is(node, "hostdev") || !element_has(node, "type", "pci"))
			continue;
		r = read_hostdev(node, &hostdevs, refusal);
		if (r < 0)
			return r;
	}
	facts->n_hostdevs = hostdevs.n_hostdevs;
	memcpy(facts->hostdevs, hostdevs.hostdevs, sizeof(facts->hostdevs));
	return 0;
}

/* libvirt reads the first of two, and a person may mean the second. */
static const char *find_twice(const xmlNode *root)
{
	static const char *const once[] = { "memory", "memoryBacking", "vcpu", "iothreads", "iothreadids", "cputune",
		"numatune", "os", "features", "cpu", "metadata", "devices" };

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		const xmlNode *node = element_child(root, once[i]);

		for (node = node ? node->next : NULL; node; node = node->next) {
			if (element_is(node, once[i]))
				return once[i];
		}
	}
	return NULL;
}

int tune_read(const struct source *source, struct tune_facts *ret, struct refusal *refusal)
{
	const xmlNode *root = source->elements[0].node;
	struct tune_facts facts = { 0 };
	int r = read_kind(root, &facts, refusal);

	if (r < 0)
		return r;
	if (find_twice(root))
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain has two <%s> elements, of which libvirt reads one; remove the other",
			find_twice(root));
	if (read_vcpus(root, &facts) < 0)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain has no readable number of vCPUs");
	if (read_memory(root, &facts) < 0)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain has no readable size of memory");
	if (read_iothreads(root, &facts) < 0)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain has no readable number of iothreads");
	facts.has_hyperv = element_child(element_child(root, "features"), "hyperv");
	read_os_id(root, &facts);
	r = read_devices(element_child(root, "devices"), &facts, refusal);
	if (r < 0)
		return r;
	*ret = facts;
	return 0;
}
