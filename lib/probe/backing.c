// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/backing.h"

#include "probe/document.h"

static int read_cell(const xmlNode *node, unsigned int place, struct memory *memory, struct refusal *refusal)
{
	uint64_t id = place;
	int r = xmlHasNsProp(node, (const xmlChar *)"id", NULL) ? element_index(node, "id", &id, refusal) : 0;

	if (r < 0)
		return r;
	if (id >= memory->n_cells || memory->cells[id].is_there)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the cells in the domain XML are not numbered 0 to %u, each once; correct it with 'virsh edit'",
			memory->n_cells - 1);
	memory->cells[id].is_there = true;
	return element_kib(node, "memory", &memory->cells[id].kib, refusal);
}

static int read_cells(const xmlNode *root, struct memory *memory, struct refusal *refusal)
{
	const xmlNode *numa = element_child(element_child(root, "cpu"), "numa");
	const xmlNode *first = element_child(numa, "cell");
	unsigned int place = 0;
	int r = 0;

	for (const xmlNode *node = first; node; node = node->next)
		memory->n_cells += element_is(node, "cell");
	if (memory->n_cells > GUEST_CELLS_MAX)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain has %u cells, and %d at most are understood; correct it with 'virsh edit'",
			memory->n_cells, GUEST_CELLS_MAX);
	for (const xmlNode *node = first; node && r == 0; node = node->next) {
		if (element_is(node, "cell"))
			r = read_cell(node, place++, memory, refusal);
	}
	return r;
}

/* The first that names a cell counts, and the last of those that name none. */
static int read_page(const xmlNode *node, struct memory *memory, struct refusal *refusal)
{
	struct backing page = { .has_page = true };
	struct cpuset cells = { 0 };
	bool has_set = xmlHasNsProp(node, (const xmlChar *)"nodeset", NULL);
	int r = element_kib(node, "size", &page.page_kib, refusal);

	if (r == 0 && page.page_kib == 0)
		r = element_refuse(node, "size", "0", refusal);
	if (r == 0 && has_set)
		r = element_set(node, "nodeset", &cells, refusal);
	if (r < 0)
		return r;
	/* virDomainDefPostParseMemtune(): cell 0 of a guest without cells is all of it. */
	if (!has_set || (memory->n_cells == 0 && cpuset_next(&cells, 1) == CPUS_MAX)) {
		memory->common.has_page = true;
		memory->common.page_kib = page.page_kib;
		return 0;
	}
	for (unsigned int i = cpuset_next(&cells, 0); i < memory->n_cells; i = cpuset_next(&cells, i + 1)) {
		if (!memory->cells[i].backing.has_page)
			memory->cells[i].backing = page;
	}
	return 0;
}

static int read_pages(const xmlNode *root, struct memory *memory, struct refusal *refusal)
{
	const xmlNode *pages = element_child(element_child(root, "memoryBacking"), "hugepages");
	const xmlNode *first = element_child(pages, "page");
	int r = 0;

	memory->common.has_page = pages && !first;
	for (const xmlNode *node = first; node && r == 0; node = node->next) {
		if (element_is(node, "page"))
			r = read_page(node, memory, refusal);
	}
	return r;
}

static int read_memnode(const xmlNode *node, struct memory *memory, struct refusal *refusal)
{
	struct cpuset nodes;
	uint64_t cell;
	int r = element_index(node, "cellid", &cell, refusal);

	if (r == 0)
		r = element_set(node, "nodeset", &nodes, refusal);
	if (r < 0 || cell >= memory->n_cells)
		return r;
	memory->cells[cell].backing.has_nodes = true;
	memory->cells[cell].backing.nodes = nodes;
	return 0;
}

/* Whatever the mode is, it is there that the memory comes from first. */
static int read_nodes(const xmlNode *root, struct memory *memory, struct refusal *refusal)
{
	const xmlNode *numatune = element_child(root, "numatune");
	const xmlNode *common = element_child(numatune, "memory");
	int r = 0;

	/* numad chooses: none of them is known. */
	if (common && element_has(common, "placement", "auto"))
		return 0;
	if (common && xmlHasNsProp(common, (const xmlChar *)"nodeset", NULL))
		r = element_set(common, "nodeset", &memory->common.nodes, refusal);
	for (const xmlNode *node = element_child(numatune, "memnode"); node && r == 0; node = node->next) {
		if (element_is(node, "memnode"))
			r = read_memnode(node, memory, refusal);
	}
	return r;
}

int memory_read(const xmlNode *root, struct memory *ret, struct refusal *refusal)
{
	int r = read_cells(root, ret, refusal);

	if (r == 0)
		r = read_pages(root, ret, refusal);
	return r < 0 ? r : read_nodes(root, ret, refusal);
}

struct backing memory_backing(const struct memory *memory, uint64_t cell)
{
	struct backing backing = memory->common;
	const struct backing *own;

	if (cell >= memory->n_cells)
		return backing;
	own = &memory->cells[cell].backing;
	if (own->has_page) {
		backing.has_page = true;
		backing.page_kib = own->page_kib;
	}
	if (own->has_nodes)
		backing.nodes = own->nodes;
	return backing;
}
