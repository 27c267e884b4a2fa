// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/needs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/backing.h"
#include "probe/document.h"

struct needs {
	struct page_need *needs; /* the caller's */
	unsigned int n_needs;
	uint64_t modules_kib;
	struct memory memory;
};

static int refuse_size(struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_INPUT,
		"the domain XML has less memory than its modules, or more than can be; correct it with 'virsh edit'");
}

static struct page_need *find_need(struct needs *needs, uint64_t page_kib, const struct cpuset *nodes)
{
	for (unsigned int i = 0; i < needs->n_needs; i++) {
		struct page_need *need = &needs->needs[i];

		if (need->page_kib == page_kib && memcmp(&need->nodes, nodes, sizeof(*nodes)) == 0)
			return need;
	}
	return NULL;
}

/* A huge page of the size of a small one is none, for libvirt neither. */
static int add_need(struct needs *needs, const struct backing *backing, uint64_t kib, struct refusal *refusal)
{
	struct page_need *need;

	if (!backing->has_page || kib == 0 || backing->page_kib == (uint64_t)sysconf(_SC_PAGESIZE) / 1024)
		return 0;
	need = find_need(needs, backing->page_kib, &backing->nodes);
	if (!need && needs->n_needs == PAGE_NEEDS_MAX)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain asks for huge pages of more than %d sizes and sets of nodes; correct it with "
			"'virsh edit'",
			PAGE_NEEDS_MAX);
	if (!need) {
		need = &needs->needs[needs->n_needs++];
		*need = (struct page_need){ .page_kib = backing->page_kib, .nodes = backing->nodes };
	}
	return __builtin_add_overflow(need->kib, kib, &need->kib) ? refuse_size(refusal) : 0;
}

/* What a module says of its source counts before what its cell has. */
static int read_source(const xmlNode *module, struct backing *backing, struct refusal *refusal)
{
	const xmlNode *source = element_child(module, "source");
	const xmlNode *nodes = element_child(source, "nodemask"), *size = element_child(source, "pagesize");
	uint64_t kib = 0;
	int r = nodes ? element_set(nodes, NULL, &backing->nodes, refusal) : 0;

	if (r == 0 && size)
		r = element_kib(size, NULL, &kib, refusal);
	if (r == 0 && kib > 0) {
		backing->has_page = true;
		backing->page_kib = kib;
	}
	return r;
}

static int read_module(const xmlNode *module, struct needs *needs, struct refusal *refusal)
{
	const xmlNode *target = element_child(module, "target");
	const xmlNode *size = element_child(target, "size"), *node = element_child(target, "node");
	uint64_t kib = 0, cell = GUEST_CELLS_MAX;
	struct backing backing;
	int r = size ? element_kib(size, NULL, &kib, refusal) : 0;

	if (r == 0 && __builtin_add_overflow(needs->modules_kib, kib, &needs->modules_kib))
		r = refuse_size(refusal);
	if (r < 0 || !element_has(module, "model", "dimm"))
		return r;
	if (node)
		r = element_count(node, UINT32_MAX, &cell, refusal);
	backing = memory_backing(&needs->memory, cell);
	if (r == 0)
		r = read_source(module, &backing, refusal);
	return r < 0 ? r : add_need(needs, &backing, kib, refusal);
}

static int read_modules(const xmlNode *root, struct needs *needs, struct refusal *refusal)
{
	const xmlNode *devices = element_child(root, "devices");
	int r = 0;

	for (const xmlNode *node = element_child(devices, "memory"); node && r == 0; node = node->next) {
		if (element_is(node, "memory"))
			r = read_module(node, needs, refusal);
	}
	return r;
}

/* <memory> counts modules as well (virDomainDefGetMemoryInitial()). Cells do not; where there are any, they count. */
static int add_initial(const xmlNode *root, struct needs *needs, struct refusal *refusal)
{
	const xmlNode *node = element_child(root, "memory");
	uint64_t kib = 0;
	int r = 0;

	for (unsigned int i = 0; i < needs->memory.n_cells && r == 0; i++) {
		struct backing backing = memory_backing(&needs->memory, i);

		r = add_need(needs, &backing, needs->memory.cells[i].kib, refusal);
	}
	if (r < 0 || needs->memory.n_cells > 0)
		return r;
	if (node)
		r = element_kib(node, NULL, &kib, refusal);
	if (r == 0 && kib <= needs->modules_kib)
		r = refuse_size(refusal);
	return r < 0 ? r : add_need(needs, &needs->memory.common, kib - needs->modules_kib, refusal);
}

/* A domain that has none of them is not looked at closer, and cannot be wrong. */
static bool has_pages(const xmlNode *root)
{
	if (element_child(element_child(root, "memoryBacking"), "hugepages"))
		return true;
	for (const xmlNode *node = element_child(element_child(root, "devices"), "memory"); node; node = node->next) {
		if (element_is(node, "memory") && element_child(element_child(node, "source"), "pagesize"))
			return true;
	}
	return false;
}

int needs_read(const xmlNode *root, struct page_need ret[PAGE_NEEDS_MAX], unsigned int *ret_n, struct refusal *refusal)
{
	struct needs *needs;
	int r;

	*ret_n = 0;
	if (!has_pages(root))
		return 0;
	needs = calloc(1, sizeof(*needs));
	if (!needs)
		return refusal_set(refusal, REFUSAL_INPUT, "there is no memory to read the domain XML");
	needs->needs = ret;
	r = memory_read(root, &needs->memory, refusal);
	if (r == 0)
		r = read_modules(root, needs, refusal);
	if (r == 0)
		r = add_initial(root, needs, refusal);
	if (r == 0)
		*ret_n = needs->n_needs;
	else
		memset(ret, 0, PAGE_NEEDS_MAX * sizeof(*ret));
	free(needs);
	return r;
}
