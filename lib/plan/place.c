// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/place.h"

#include "plan/search.h"

#define GIB (1ULL << 30)
#define MIB (1ULL << 20)

/* Without a wish: enough for a game or a notebook, and never more than half of the card's node. */
#define DEFAULT_CORES_MAX 8
#define DEFAULT_MEMORY    (16 * GIB)
#define UNKNOWN_MEMORY    (4 * GIB)

/* ---- memory ---- */

/* As much as is good on the card's node, or on the first that has any, in whole GiB where that is more than one. */
static uint64_t choose_memory(const struct topology *topology, const struct wish *wish)
{
	int index = wish->n_nodes ? topology_find_node(topology, (int)wish->nodes[0]) : 0;
	uint64_t size = topology->nodes[index < 0 ? 0 : index].size;

	for (unsigned int i = 0; i < topology->n_nodes && size == 0; i++)
		size = topology->nodes[i].size;
	if (size == MEMORY_UNKNOWN)
		return UNKNOWN_MEMORY;
	size /= 2;
	if (size > DEFAULT_MEMORY)
		size = DEFAULT_MEMORY;
	return size > GIB ? size / GIB * GIB : size / (2 * MIB) * (2 * MIB);
}

static int check_memory(const struct topology *topology, const struct wish *wish, struct refusal *refusal)
{
	uint64_t size = topology_memory(topology), usable = 0;

	if (size == MEMORY_UNKNOWN)
		return 0;
	for (unsigned int i = 0; i < topology->n_nodes; i++)
		usable += node_usable(&topology->nodes[i]);
	if (wish->memory > size)
		return refusal_set(refusal, REFUSAL_INPUT,
			"%llu MiB of memory are more than the %llu MiB of this host; ask for less with --memory",
			(unsigned long long)(wish->memory / MIB), (unsigned long long)(size / MIB));
	if (wish->memory > usable)
		return refusal_set(refusal, REFUSAL_INPUT,
			"%llu MiB of memory leave the host too little of its %llu MiB; ask for %llu MiB or less",
			(unsigned long long)(wish->memory / MIB), (unsigned long long)(size / MIB),
			(unsigned long long)(usable / MIB));
	return 0;
}

/* ---- what was found, as a placement ---- */

static void pin_core(const struct core *core, const struct search *search, unsigned int *vcpu, struct pinning *pinning)
{
	unsigned int n = search->spread ? 1 : core->n_cpus;

	for (unsigned int i = 0; i < n && *vcpu < pinning->n_vcpus; i++) {
		bool is_rest = i + 1 == n || *vcpu + 1 == pinning->n_vcpus;

		/* The last vCPU of a core has what is left of it: the host gets no half of a core. */
		for (unsigned int j = i; j < (is_rest ? core->n_cpus : i + 1); j++)
			cpuset_add(&pinning->vcpus[*vcpu], core->cpus[j]);
		++*vcpu;
	}
}

/* The memory of a cell: an equal part in whole pages, and what is over in the first. */
static void share_memory(struct placement *placement, uint64_t page_size)
{
	uint64_t unit = page_size > 2 * MIB ? page_size : 2 * MIB;
	uint64_t part = placement->memory / placement->n_cells / unit * unit;

	for (unsigned int i = 0; i < placement->n_cells; i++)
		placement->cells[i].memory = part;
	placement->cells[0].memory += placement->memory - part * placement->n_cells;
}

static void fill_pins(const struct topology *topology, const struct search *search, struct placement *ret)
{
	unsigned int vcpu = 0;

	for (unsigned int i = 0; i < search->n_cores; i++) {
		const struct core *core = &topology->cores[search->cores[i]];
		unsigned int number = topology->nodes[core->node].number;
		struct cell *cell = ret->n_cells ? &ret->cells[ret->n_cells - 1] : NULL;

		if (!cell || cell->node != number) {
			cell = &ret->cells[ret->n_cells++];
			*cell = (struct cell){ .node = number, .first_vcpu = vcpu };
		}
		pin_core(core, search, &vcpu, &ret->pinning);
		cell->n_vcpus = vcpu - cell->first_vcpu;
	}
	ret->pinning.emulator = core_cpus(&topology->cores[search->emulator]);
	ret->pinning.iothreads = ret->pinning.emulator;
}

static unsigned int round_up(unsigned int n)
{
	unsigned int power = 1;

	while (power < n)
		power <<= 1;
	return power;
}

static unsigned int count_sharing(const struct topology *topology, unsigned int cache)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < topology->n_cores; i++)
		n += topology->cores[i].cache == cache ? topology->cores[i].n_cpus : 0;
	return n;
}

/*
 * CPUID tells how many APIC IDs share the host's L3, in powers of two. With more dies than one, this must be what a die
 * of the guest has, or the guest takes two dies for one.
 */
static void fill_guest(const struct topology *topology, const struct search *search, struct placement *ret)
{
	unsigned int cache = topology->cores[search->cores[0]].cache;

	ret->dies = search->n_groups;
	ret->threads = search->threads;
	ret->cores = ret->pinning.n_vcpus / (ret->dies * ret->threads);
	ret->has_host_caches = ret->dies < 2 || round_up(ret->cores) * round_up(ret->threads) ==
							round_up(count_sharing(topology, cache));
	if (!ret->has_host_caches && topology->caches[cache].size)
		notes_add(&ret->reasons,
			"an emulated L3 for each die: the host's own would tell the guest that dies share one");
}

/* ---- why ---- */

static void explain_node(const struct topology *topology, const struct wish *wish, struct placement *ret)
{
	if (topology->n_nodes < 2)
		return;
	if (ret->n_cells > 1)
		notes_add(&ret->reasons,
			"%u NUMA nodes have to be spanned: each becomes a cell of the guest, with its memory",
			ret->n_cells);
	else if (wish->n_nodes && ret->cells[0].node == wish->nodes[0])
		notes_add(&ret->reasons, "NUMA node %u: the card is there", ret->cells[0].node);
	else
		notes_add(&ret->reasons, "NUMA node %u: %s", ret->cells[0].node,
			wish->n_nodes ? "the card's has no room" : "no card says which one it is near");
}

static void explain_cores(const struct topology *topology, const struct search *search, struct placement *ret)
{
	const struct cache *cache = &topology->caches[topology->cores[search->cores[0]].cache];
	struct cpuset host = core_cpus(&topology->cores[0]);

	if (search->n_groups > 1 && cache->size)
		notes_add(&ret->reasons, "%u L3 caches with %u cores each: the guest sees them as dies",
			search->n_groups, search->n_cores / search->n_groups);
	else if (cache->size && topology->n_caches > 1)
		notes_add(&ret->reasons, "one L3 cache of %llu MiB%s", (unsigned long long)(cache->size / MIB),
			search_is_stacked(topology, cache) ? ", the largest of this host (V-Cache)" : "");
	if (search->is_hybrid)
		notes_add(&ret->reasons, "the large cores (P-cores) alone: small ones would slow the others down");
	if (search->spread && topology->cores[search->cores[0]].n_cpus > 1)
		notes_add(&ret->reasons,
			"a whole core for each vCPU: %u of them would not fill cores of %u threads in equal parts",
			ret->pinning.n_vcpus, topology->cores[search->cores[0]].n_cpus);
	else if (search->threads > 1)
		notes_add(&ret->reasons, "vCPUs in a row are the %u threads of one core, for the guest as for the host",
			search->threads);
	notes_add(
		&ret->reasons, "left to the host: CPU %s, for interrupts come to the first core", cpuset_text(&host).s);
	notes_add(&ret->reasons, "for the emulator and the iothreads: CPU %s", cpuset_text(&ret->pinning.emulator).s);
}

/* A larger cache near the VM that has no room for it. */
static void confess_cache(const struct topology *topology, const struct search *search, struct placement *ret)
{
	const struct core *first = &topology->cores[search->cores[0]];

	for (unsigned int i = 0; i < topology->n_caches; i++) {
		const struct cache *cache = &topology->caches[i];
		unsigned int n = 0;

		if (i == first->cache || cache->node != first->node || !search_is_stacked(topology, cache) ||
			cache->size <= topology->caches[first->cache].size)
			continue;
		for (unsigned int j = 1; j < topology->n_cores; j++)
			n += topology->cores[j].cache == i ? topology->cores[j].n_cpus : 0;
		notes_add(&ret->given_up,
			"the L3 cache of %llu MiB (V-Cache): beside the host's core it has room for %u vCPUs",
			(unsigned long long)(cache->size / MIB), n);
	}
}

/* What users are told when they get less. */
static void confess(
	const struct topology *topology, const struct wish *wish, const struct search *search, struct placement *ret)
{
	if (wish->n_vcpus && ret->pinning.n_vcpus != wish->n_vcpus)
		notes_add(&ret->given_up,
			"%u vCPUs instead of %u: the nearest that whole cores make, in equal parts of their caches; "
			"the host has "
			"%u cores, and keeps some",
			ret->pinning.n_vcpus, wish->n_vcpus, topology->n_cores);
	confess_cache(topology, search, ret);
	if (search->emulator == 0)
		notes_add(&ret->given_up,
			"no core is left for the emulator and the iothreads alone: they share the host's first");
	if (search->uneven)
		notes_add(&ret->given_up,
			"%u vCPUs do not fill cores and caches in equal parts: the guest does not see all of these",
			ret->pinning.n_vcpus);
	for (unsigned int i = 0; i < wish->n_nodes; i++) {
		if (placement_find_cell(ret, (int)wish->nodes[i]) < 0)
			notes_add(
				&ret->given_up, "the card on NUMA node %u is away from the VM's CPUs", wish->nodes[i]);
	}
}

static int place_without_pins(const struct topology *topology, const struct wish *wish, struct placement *ret)
{
	unsigned int n_cpus = 0;

	for (unsigned int i = 0; i < topology->n_cores; i++)
		n_cpus += topology->cores[i].n_cpus;
	ret->pinning.n_vcpus = wish->n_vcpus && (wish->exact || wish->n_vcpus < n_cpus) ? wish->n_vcpus : n_cpus;
	if (!wish->exact && wish->n_vcpus > n_cpus)
		notes_add(&ret->given_up, "%u vCPUs instead of %u: the host has no more CPUs", n_cpus, wish->n_vcpus);
	notes_add(&ret->given_up, "nothing is pinned: %s",
		topology->n_cores < 2 ? "no whole core is left beside the host's"
				      : "no whole cores for these vCPUs are left beside the host's, on nodes with room "
					"for the memory");
	return 0;
}

int place(const struct topology *topology, const struct wish *wish, struct placement *ret, struct refusal *refusal)
{
	struct wish filled = *wish;
	struct search search;
	int r;

	if (wish->n_vcpus > VCPUS_MAX)
		return refusal_set(refusal, REFUSAL_INPUT,
			"%u vCPUs are more than a domain can have; ask for %u or fewer", wish->n_vcpus, VCPUS_MAX);
	if (!filled.memory)
		filled.memory = choose_memory(topology, wish);
	r = check_memory(topology, &filled, refusal);
	if (r < 0)
		return r;
	*ret = (struct placement){ .memory = filled.memory };
	if (!search_run(topology, &filled, DEFAULT_CORES_MAX, &search))
		return place_without_pins(topology, wish, ret);
	ret->is_pinned = true;
	ret->pinning.n_vcpus = search.n_vcpus;
	fill_pins(topology, &search, ret);
	share_memory(ret, wish->page_size);
	explain_node(topology, &filled, ret);
	explain_cores(topology, &search, ret);
	fill_guest(topology, &search, ret);
	confess(topology, wish, &search, ret);
	return 0;
}
