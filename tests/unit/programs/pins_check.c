// SPDX-License-Identifier: GPL-2.0-or-later
/* Read top down: what is read of the host, what of the XML, then a function for each group of promises. */
#include "tests/unit/programs/pins_check.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "tests/support/record.h"

#define CPUS_MAX  2048
#define NODES_MAX 64

/* ---- the host ---- */

struct cpu {
	bool is_there, is_small;
	int node, core, l3; /* l3: of one node; where none is told, all of the node's */
};

static struct cpu cpus[CPUS_MAX];

static void read_host(json_object *array)
{
	memset(cpus, 0, sizeof(cpus));
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		json_object *record = json_object_array_get_idx(array, i);
		int number = record_number(record, "cpu", 0), node = record_number(record, "node", 0);
		int socket = record_number(record, "socket", 0), l3 = record_number(record, "l3", 9999);
		const char *type = record_text(record, "type");

		cpus[number] = (struct cpu){
			.is_there = true,
			.is_small = type && strcmp(type, "P") != 0,
			.node = node,
			.core = socket * 100000 + record_number(record, "core", 50000 + number),
			.l3 = node * 100000 + l3,
		};
	}
}

/* ---- the XML ---- */

struct set {
	bool has[CPUS_MAX];
	unsigned int n;
};

struct cell {
	struct set vcpus;
	unsigned long long memory;
	int node; /* of its memnode, -1: none */
};

static struct domain {
	unsigned int n_vcpus, n_pinned, threads, product, n_iothreads, n_iothreadpins, n_cells;
	struct set pins[CPUS_MAX];
	struct set all, emulator, iothreads, nodeset;
	bool has_emulator, has_nodeset;
	unsigned long long memory; /* bytes */
	struct cell cells[NODES_MAX];
} domain;

static char problem[512];

__attribute__((format(printf, 1, 2))) static bool fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(problem, sizeof(problem), format, arguments);
	va_end(arguments);
	return false;
}

static bool parse_set(const char *text, struct set *ret)
{
	memset(ret, 0, sizeof(*ret));
	while (text && *text) {
		char *end;
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (end == text)
			return false;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last >= CPUS_MAX || first > last || (*end && *end != ','))
			return false;
		for (; first <= last; first++) {
			ret->n += !ret->has[first];
			ret->has[first] = true;
		}
		text = *end ? end + 1 : end;
	}
	return ret->n > 0;
}

static char *attribute(xmlNode *node, const char *name)
{
	static char values[8][16384];
	static unsigned int next;
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	char *slot = value ? values[next++ % 8] : NULL;

	if (slot)
		(void)snprintf(slot, sizeof(values[0]), "%s", (const char *)value);
	xmlFree(value);
	return slot;
}

static unsigned int number_of(xmlNode *node, const char *name, unsigned int otherwise)
{
	const char *text = attribute(node, name);

	return text ? (unsigned int)strtoul(text, NULL, 10) : otherwise;
}

static unsigned long long bytes_of(const char *text, const char *unit)
{
	static const struct {
		const char *unit;
		unsigned int shift;
	} units[] = { { "KiB", 10 }, { "MiB", 20 }, { "GiB", 30 }, { "TiB", 40 }, { "bytes", 0 }, { "b", 0 } };

	/* libvirt's default is KiB. */
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit ? unit : "KiB", units[i].unit) == 0)
			return strtoull(text ? text : "0", NULL, 10) << units[i].shift;
	}
	return 0;
}

/* Calls a function for each node of a path; it returns false to end all. */
static bool each(xmlXPathContext *context, const char *path, bool (*function)(xmlNode *node))
{
	xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)path, context);
	bool good = found != NULL;

	for (int i = 0; good && found->nodesetval && i < found->nodesetval->nodeNr; i++)
		good = function(found->nodesetval->nodeTab[i]);
	xmlXPathFreeObject(found);
	return good;
}

static bool read_vcpu(xmlNode *node)
{
	xmlChar *text = xmlNodeGetContent(node);

	domain.n_vcpus = (unsigned int)strtoul((const char *)text, NULL, 10);
	xmlFree(text);
	return domain.n_vcpus < CPUS_MAX || fail("%u vCPUs", domain.n_vcpus);
}

static bool read_memory(xmlNode *node)
{
	xmlChar *text = xmlNodeGetContent(node);

	domain.memory = bytes_of((const char *)text, attribute(node, "unit"));
	xmlFree(text);
	return true;
}

static bool read_iothreads(xmlNode *node)
{
	xmlChar *text = xmlNodeGetContent(node);

	domain.n_iothreads = (unsigned int)strtoul((const char *)text, NULL, 10);
	xmlFree(text);
	return true;
}

static bool read_pin(xmlNode *node)
{
	unsigned int vcpu = number_of(node, "vcpu", CPUS_MAX);

	if (vcpu >= CPUS_MAX || domain.pins[vcpu].n || !parse_set(attribute(node, "cpuset"), &domain.pins[vcpu]))
		return fail("the vcpupin of vCPU %u is there twice, or cannot be read", vcpu);
	domain.n_pinned++;
	return true;
}

static bool read_emulator(xmlNode *node)
{
	domain.has_emulator = true;
	return parse_set(attribute(node, "cpuset"), &domain.emulator) || fail("the emulatorpin cannot be read");
}

static bool read_iothread(xmlNode *node)
{
	struct set set;

	domain.n_iothreadpins++;
	if (!parse_set(attribute(node, "cpuset"), &set))
		return fail("an iothreadpin cannot be read");
	for (int i = 0; i < CPUS_MAX; i++)
		domain.iothreads.has[i] = domain.iothreads.has[i] || set.has[i];
	return true;
}

static bool read_topology(xmlNode *node)
{
	domain.threads = number_of(node, "threads", 1);
	domain.product = number_of(node, "sockets", 1) * number_of(node, "dies", 1) * number_of(node, "clusters", 1) *
			 number_of(node, "cores", 1) * domain.threads;
	return true;
}

static bool read_cell(xmlNode *node)
{
	struct cell *cell = &domain.cells[domain.n_cells++];

	cell->node = -1;
	cell->memory = bytes_of(attribute(node, "memory"), attribute(node, "unit"));
	if (number_of(node, "id", 0) != domain.n_cells - 1 || domain.n_cells == NODES_MAX)
		return fail("the cells are not in order");
	return parse_set(attribute(node, "cpus"), &cell->vcpus) || fail("the CPUs of a cell cannot be read");
}

static bool read_nodeset(xmlNode *node)
{
	const char *mode = attribute(node, "mode");

	domain.has_nodeset = true;
	if (!mode || strcmp(mode, "strict") != 0)
		return fail("the memory's mode is not strict");
	return parse_set(attribute(node, "nodeset"), &domain.nodeset) || fail("the memory's nodeset cannot be read");
}

static bool read_memnode(xmlNode *node)
{
	unsigned int cell = number_of(node, "cellid", NODES_MAX);
	const char *nodeset = attribute(node, "nodeset");

	if (cell >= domain.n_cells || domain.cells[cell].node != -1 || !nodeset ||
		strspn(nodeset, "0123456789") != strlen(nodeset))
		return fail("a memnode is of no cell, of one that has one, or not of one node");
	domain.cells[cell].node = atoi(nodeset);
	return true;
}

static bool read_domain(const char *xml)
{
	static const struct {
		const char *path;
		bool (*read)(xmlNode *node);
	} parts[] = {
		{ "/domain/vcpu", read_vcpu },
		{ "/domain/memory", read_memory },
		{ "/domain/iothreads", read_iothreads },
		{ "/domain/cputune/vcpupin", read_pin },
		{ "/domain/cputune/emulatorpin", read_emulator },
		{ "/domain/cputune/iothreadpin", read_iothread },
		{ "/domain/cpu/topology", read_topology },
		{ "/domain/cpu/numa/cell", read_cell },
		{ "/domain/numatune/memory", read_nodeset },
		{ "/domain/numatune/memnode", read_memnode },
	};
	xmlDoc *document = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
	xmlXPathContext *context = document ? xmlXPathNewContext(document) : NULL;
	bool good = context != NULL || fail("it is no XML");

	memset(&domain, 0, sizeof(domain));
	for (size_t i = 0; good && i < sizeof(parts) / sizeof(parts[0]); i++)
		good = each(context, parts[i].path, parts[i].read);
	xmlXPathFreeContext(context);
	xmlFreeDoc(document);
	return good;
}

/* ---- promises ---- */

/* How many CPUs of the VM have a core, an L3 or a node like that of this one; and how many CPUs of the host. */
static unsigned int count(bool of_vm, size_t member, int cpu)
{
	unsigned int n = 0;

	for (int i = 0; i < CPUS_MAX; i++) {
		const char *a = (const char *)&cpus[i] + member, *b = (const char *)&cpus[cpu] + member;

		n += cpus[i].is_there && (!of_vm || domain.all.has[i]) && memcmp(a, b, sizeof(int)) == 0;
	}
	return n;
}

#define COUNT_VM(member, number)   count(true, offsetof(struct cpu, member), number)
#define COUNT_HOST(member, number) count(false, offsetof(struct cpu, member), number)

static int first_of(const struct set *set)
{
	int i = 0;

	while (i < CPUS_MAX - 1 && !set->has[i])
		i++;
	return i;
}

static bool check_numbers(const struct pins_wish *wish)
{
	if (domain.n_vcpus == 0 || (wish->n_vcpus && domain.n_vcpus > wish->n_vcpus))
		return fail("%u vCPUs where %u were wished", domain.n_vcpus, wish->n_vcpus);
	if (domain.product != domain.n_vcpus)
		return fail("the guest's topology has %u CPUs, and the domain %u", domain.product, domain.n_vcpus);
	return domain.memory > 0 || fail("there is no memory");
}

/* Only a host without two cores, or without a large one beside its first, pins nothing. */
static bool check_unpinned(void)
{
	if (domain.has_emulator || domain.n_iothreadpins || domain.n_cells)
		return fail("the emulator, an iothread or a cell has a place, and no vCPU has");
	for (int i = 0; i < CPUS_MAX; i++) {
		if (cpus[i].is_there && !cpus[i].is_small && cpus[i].core != cpus[0].core)
			return fail("nothing is pinned, and CPU %d would be free", i);
	}
	return true;
}

static bool check_vcpu(unsigned int vcpu)
{
	for (int i = 0; i < CPUS_MAX; i++) {
		if (!domain.pins[vcpu].has[i])
			continue;
		if (!cpus[i].is_there)
			return fail("vCPU %u is on CPU %d, which is not there", vcpu, i);
		if (domain.all.has[i])
			return fail("CPU %d has two vCPUs", i);
		if (cpus[i].core != cpus[first_of(&domain.pins[vcpu])].core)
			return fail("vCPU %u is on two cores", vcpu);
		domain.all.has[i] = true;
		domain.all.n++;
	}
	return true;
}

/* Adds up who is where, too. */
static bool check_vcpus(void)
{
	if (domain.n_pinned != domain.n_vcpus)
		return fail("%u of %u vCPUs are pinned", domain.n_pinned, domain.n_vcpus);
	for (unsigned int i = 0; i < domain.n_vcpus; i++) {
		if (!domain.pins[i].n)
			return fail("vCPU %u is not pinned", i);
		if (!check_vcpu(i))
			return false;
	}
	return true;
}

static bool check_cores(void)
{
	for (int i = 0; i < CPUS_MAX; i++) {
		if (!domain.all.has[i])
			continue;
		if (cpus[i].core == cpus[0].core)
			return fail("CPU %d of the host's first core is the VM's", i);
		if (cpus[i].is_small)
			return fail("CPU %d of the VM is a small one", i);
		if (COUNT_VM(core, i) != COUNT_HOST(core, i))
			return fail("the core of CPU %d is split between host and VM", i);
	}
	return true;
}

/* vCPUs in a row are the threads of a core, or each has one for itself. */
static bool check_siblings(void)
{
	for (unsigned int i = 0; i < domain.n_vcpus; i++) {
		unsigned int head = i / domain.threads * domain.threads;
		int cpu = first_of(&domain.pins[i]);

		if (cpus[cpu].core != cpus[first_of(&domain.pins[head])].core)
			return fail("vCPUs %u and %u are one core of the guest, and two of the host", head, i);
		if (i == head && COUNT_VM(core, cpu) != (domain.threads > 1 ? domain.threads : domain.pins[i].n))
			return fail("the guest's core of vCPU %u is no core of the host", i);
	}
	return true;
}

static bool check_others(void)
{
	if (!domain.has_emulator)
		return fail("the emulator is not pinned");
	if (domain.n_iothreadpins != domain.n_iothreads)
		return fail("%u of %u iothreads are pinned", domain.n_iothreadpins, domain.n_iothreads);
	for (int i = 0; i < CPUS_MAX; i++) {
		if (!domain.emulator.has[i] && !domain.iothreads.has[i])
			continue;
		if (!cpus[i].is_there)
			return fail("the emulator or an iothread is on CPU %d, which is not there", i);
		if (domain.all.has[i])
			return fail("the emulator or an iothread is on CPU %d, which is a vCPU's", i);
	}
	return true;
}

static bool check_equal(void)
{
	int first = first_of(&domain.all);

	for (int i = 0; i < CPUS_MAX; i++) {
		if (!domain.all.has[i])
			continue;
		if (COUNT_VM(node, i) != COUNT_VM(node, first))
			return fail("nodes %d and %d have unequal parts", cpus[first].node, cpus[i].node);
		if (COUNT_VM(l3, i) != COUNT_VM(l3, first))
			return fail("the L3 of CPUs %d and %d have unequal parts", first, i);
	}
	return true;
}

/* CPUs of a node, of large cores beside the host's first. */
static unsigned int count_free(int node)
{
	unsigned int n = 0;

	for (int i = 0; i < CPUS_MAX; i++)
		n += cpus[i].is_there && cpus[i].node == node && !cpus[i].is_small && cpus[i].core != cpus[0].core;
	return n;
}

static bool spans_nodes(void)
{
	return COUNT_VM(node, first_of(&domain.all)) != domain.all.n;
}

static bool check_near(const struct pins_wish *wish)
{
	bool near = wish->n_nodes == 0;

	for (unsigned int i = 0; i < wish->n_nodes; i++) {
		unsigned int here = 0;

		for (int j = 0; j < CPUS_MAX; j++)
			here += domain.all.has[j] && cpus[j].node == wish->nodes[i];
		near = near || here > 0 || count_free(wish->nodes[i]) < domain.all.n;
		/* One node would do. */
		if (wish->n_nodes == 1 && spans_nodes() && count_free(wish->nodes[i]) >= 2 * domain.all.n)
			return fail("the VM spans nodes, and that of the card has room");
	}
	return near ||
	       fail("the VM is on node %d, and the card on %d", cpus[first_of(&domain.all)].node, wish->nodes[0]);
}

static bool check_nodeset(void)
{
	if (!domain.has_nodeset)
		return fail("the memory has no nodeset");
	for (int i = 0; i < CPUS_MAX; i++) {
		bool used = false, there = false;

		for (int j = 0; j < CPUS_MAX; j++) {
			used = used || (domain.all.has[j] && cpus[j].node == i);
			there = there || (cpus[j].is_there && cpus[j].node == i);
		}
		if (domain.nodeset.has[i] && !there)
			return fail("the memory is on node %d, which is not there", i);
		if (domain.nodeset.has[i] != used)
			return fail("node %d has %s", i, used ? "vCPUs and no memory" : "memory and no vCPUs");
	}
	return true;
}

static bool check_cells(void)
{
	unsigned long long memory = 0;
	unsigned int n = 0;

	if (!domain.n_cells)
		return !spans_nodes() || fail("the VM spans nodes, and the guest sees none");
	for (unsigned int i = 0; i < domain.n_cells; i++) {
		const struct cell *cell = &domain.cells[i];

		memory += cell->memory;
		n += cell->vcpus.n;
		if (cell->memory == 0)
			return fail("cell %u has no memory", i);
		for (unsigned int j = 0; j < CPUS_MAX; j++) {
			if (!cell->vcpus.has[j])
				continue;
			if (j >= domain.n_vcpus)
				return fail("cell %u has vCPU %u, which is not there", i, j);
			for (unsigned int k = 0; k < i; k++) {
				if (domain.cells[k].vcpus.has[j])
					return fail("vCPU %u is in two cells", j);
			}
			if (cpus[first_of(&domain.pins[j])].node != cell->node)
				return fail("vCPU %u of cell %u is on another node than its memory", j, i);
		}
	}
	if (memory != domain.memory)
		return fail("the cells have %llu bytes of %llu", memory, domain.memory);
	return n == domain.n_vcpus || fail("the cells have %u vCPUs of %u", n, domain.n_vcpus);
}

const char *pins_check(json_object *array, const struct pins_wish *wish, const char *xml)
{
	bool good;

	problem[0] = '\0';
	read_host(array);
	good = read_domain(xml) && check_numbers(wish);
	if (good && domain.n_pinned == 0)
		good = check_unpinned();
	else if (good)
		good = check_vcpus() && check_cores() && check_siblings() && check_others() && check_equal() &&
		       check_near(wish) && check_nodeset() && check_cells();
	return good ? NULL : problem;
}
