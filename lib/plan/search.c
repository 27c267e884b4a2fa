// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/search.h"

#include <string.h>

#define HOST_CORE 0 /* of the first CPU */

/* What the host keeps of each node: its kernel allocates there, too. */
#define NODE_RESERVE (512ULL << 20)

/* An L3 of this size that is larger than others of the host has a second layer: no other reason is known. */
#define STACKED_MIN (64ULL << 20)

/* What is the same for every try of one search. */
struct ground {
	const struct topology *topology;
	const struct wish *wish;
	bool may_have[TOPOLOGY_CORES_MAX];        /* cores that can be the VM's */
	unsigned int n_free[TOPOLOGY_CACHES_MAX]; /* how many of them in each cache */
	unsigned int caches[TOPOLOGY_CACHES_MAX]; /* the best first */
	unsigned int n_cards;                     /* of the nodes below, those of cards: the first */
	unsigned int n_nodes;
	unsigned int nodes[TOPOLOGY_NODES_MAX]; /* indices: the cards', then others by number */
	unsigned int n_threads;                 /* of the cores that can be the VM's */
	bool is_hybrid;
};

/* One try: so many cores, on so many of the first nodes in an order. */
struct attempt {
	unsigned int n_cores, n_nodes;
	unsigned int n_order; /* of ground->nodes */
};

uint64_t node_usable(const struct node_memory *node)
{
	if (node->size == MEMORY_UNKNOWN)
		return MEMORY_UNKNOWN;
	return node->size > NODE_RESERVE ? node->size - NODE_RESERVE : 0;
}

bool search_is_stacked(const struct topology *topology, const struct cache *cache)
{
	bool is_larger = false;

	for (unsigned int i = 0; i < topology->n_caches; i++) {
		if (topology->caches[i].size > cache->size)
			return false;
		is_larger = is_larger || topology->caches[i].size < cache->size;
	}
	return is_larger && cache->size >= STACKED_MIN;
}

/* ---- the ground ---- */

/* Most cores that a VM may have have so many threads; the others are left out, for the guest's cores are all alike. */
static unsigned int find_threads(const struct ground *ground)
{
	unsigned int counts[CORE_THREADS_MAX + 1] = { 0 }, best = 1;

	for (unsigned int i = 0; i < ground->topology->n_cores; i++) {
		if (ground->may_have[i])
			counts[ground->topology->cores[i].n_cpus]++;
	}
	for (unsigned int n = 1; n <= CORE_THREADS_MAX; n++) {
		if (counts[n] >= counts[best])
			best = n;
	}
	return best;
}

static void find_cores(struct ground *ground)
{
	const struct topology *topology = ground->topology;

	for (unsigned int i = 0; i < topology->n_cores; i++) {
		ground->is_hybrid = ground->is_hybrid || topology->cores[i].efficient;
		ground->may_have[i] = i != HOST_CORE && !topology->cores[i].efficient;
	}
	ground->n_threads = find_threads(ground);
	for (unsigned int i = 0; i < topology->n_cores; i++) {
		ground->may_have[i] = ground->may_have[i] && topology->cores[i].n_cpus == ground->n_threads;
		ground->n_free[topology->cores[i].cache] += ground->may_have[i];
	}
}

/* The larger cache; then one that the host's core is not in; then the first. */
static bool is_better(const struct topology *topology, unsigned int a, unsigned int b)
{
	unsigned int host = topology->cores[HOST_CORE].cache;

	if (topology->caches[a].size != topology->caches[b].size)
		return topology->caches[a].size > topology->caches[b].size;
	return (a == host) != (b == host) ? b == host : a < b;
}

static void order_caches(struct ground *ground)
{
	for (unsigned int i = 0; i < ground->topology->n_caches; i++) {
		unsigned int at = i;

		for (; at > 0 && is_better(ground->topology, i, ground->caches[at - 1]); at--)
			ground->caches[at] = ground->caches[at - 1];
		ground->caches[at] = i;
	}
}

static bool has_node(const struct ground *ground, unsigned int node)
{
	for (unsigned int i = 0; i < ground->n_nodes; i++) {
		if (ground->nodes[i] == node)
			return true;
	}
	return false;
}

static void order_nodes(struct ground *ground)
{
	for (unsigned int i = 0; i < ground->wish->n_nodes; i++) {
		int node = topology_find_node(ground->topology, (int)ground->wish->nodes[i]);

		if (node >= 0 && !has_node(ground, (unsigned int)node))
			ground->nodes[ground->n_nodes++] = (unsigned int)node;
	}
	ground->n_cards = ground->n_nodes;
	for (unsigned int i = 0; i < ground->topology->n_nodes; i++) {
		if (!has_node(ground, i))
			ground->nodes[ground->n_nodes++] = i;
	}
}

/* ---- one try ---- */

/* The caches of a node, the best first, that have so many free cores; up to n of them. Returns how many there are. */
static unsigned int find_caches(
	const struct ground *ground, unsigned int node, unsigned int n_cores, unsigned int n, unsigned int *ret)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < ground->topology->n_caches && found < n; i++) {
		unsigned int cache = ground->caches[i];

		if (ground->topology->caches[cache].node == node && ground->n_free[cache] >= n_cores)
			ret[found++] = cache;
	}
	return found;
}

static void take_cores(const struct ground *ground, unsigned int cache, unsigned int n, struct search *search)
{
	for (unsigned int i = 0; i < ground->topology->n_cores && n > 0; i++) {
		if (ground->may_have[i] && ground->topology->cores[i].cache == cache) {
			search->cores[search->n_cores++] = i;
			n--;
		}
	}
}

/* On the first nodes that have room for an equal part, each part in as many caches. */
static bool try_groups(
	const struct ground *ground, const struct attempt *attempt, unsigned int n_groups, struct search *ret)
{
	unsigned int part = attempt->n_cores / attempt->n_nodes, caches[TOPOLOGY_CACHES_MAX];
	uint64_t memory = ground->wish->memory / attempt->n_nodes;
	unsigned int n_nodes = 0;

	ret->n_cores = 0;
	for (unsigned int i = 0; i < attempt->n_order && n_nodes < attempt->n_nodes; i++) {
		unsigned int node = ground->nodes[i];

		if (node_usable(&ground->topology->nodes[node]) < memory ||
			find_caches(ground, node, part / n_groups, n_groups, caches) < n_groups)
			continue;
		for (unsigned int j = 0; j < n_groups; j++)
			take_cores(ground, caches[j], part / n_groups, ret);
		n_nodes++;
	}
	ret->n_groups = n_groups * n_nodes;
	return n_nodes == attempt->n_nodes;
}

static bool try_nodes(const struct ground *ground, const struct attempt *attempt, struct search *ret)
{
	unsigned int part = attempt->n_cores / attempt->n_nodes;

	if (attempt->n_cores % attempt->n_nodes != 0 || attempt->n_nodes > PLACEMENT_NODES_MAX)
		return false;
	for (unsigned int n_groups = 1; n_groups <= part; n_groups++) {
		if (part % n_groups == 0 && try_groups(ground, attempt, n_groups, ret))
			return true;
	}
	return false;
}

/* Whether the host has its own core, so many more, and what the VM takes. */
static bool has_rest(const struct ground *ground, unsigned int n_cores, unsigned int n_more)
{
	return ground->topology->n_cores >= 1 + n_more + n_cores;
}

static bool try_cores(const struct ground *ground, unsigned int n_cores, struct search *ret)
{
	struct attempt attempt = { .n_cores = n_cores };

	if (n_cores == 0)
		return false;
	attempt.n_order = attempt.n_nodes = ground->n_cards;
	if (ground->n_cards > 1 && try_nodes(ground, &attempt, ret))
		return true;
	attempt.n_order = ground->n_cards ? ground->n_cards : ground->n_nodes;
	attempt.n_nodes = 1;
	if (try_nodes(ground, &attempt, ret))
		return true;
	attempt.n_order = ground->n_nodes;
	for (attempt.n_nodes = 2; attempt.n_nodes <= ground->n_nodes; attempt.n_nodes++) {
		if (try_nodes(ground, &attempt, ret))
			return true;
	}
	/* Away from the card, as a last resort. */
	attempt.n_nodes = 1;
	return try_nodes(ground, &attempt, ret);
}

/* From whatever caches of one node, for a VM whose number of vCPUs is given. */
static bool try_uneven(const struct ground *ground, unsigned int n_cores, struct search *ret)
{
	for (unsigned int i = 0; i < ground->n_nodes; i++) {
		unsigned int node = ground->nodes[i];

		ret->n_cores = 0;
		for (unsigned int j = 0; j < ground->topology->n_caches && ret->n_cores < n_cores; j++) {
			unsigned int cache = ground->caches[j];

			if (ground->topology->caches[cache].node == node)
				take_cores(ground, cache, n_cores - ret->n_cores, ret);
		}
		if (ret->n_cores == n_cores && node_usable(&ground->topology->nodes[node]) >= ground->wish->memory) {
			ret->n_groups = 1;
			ret->uneven = true;
			return true;
		}
	}
	return false;
}

/* ---- the emulator ---- */

static bool is_taken(const struct search *search, unsigned int core)
{
	for (unsigned int i = 0; i < search->n_cores; i++) {
		if (search->cores[i] == core)
			return true;
	}
	return false;
}

/* A core that is left: near the VM, and a large one. The host's own when there is none. */
static unsigned int choose_emulator(const struct ground *ground, const struct search *search)
{
	const struct core *cores = ground->topology->cores, *first = &cores[search->cores[0]];
	unsigned int best = HOST_CORE, best_score = 0;

	for (unsigned int i = 0; i < ground->topology->n_cores; i++) {
		unsigned int score = 1;

		score += cores[i].node == first->node ? 4 : 0;
		score += cores[i].efficient ? 0 : 2;
		score += cores[i].cache == first->cache ? 1 : 0;

		if (i != HOST_CORE && !is_taken(search, i) && score > best_score) {
			best = i;
			best_score = score;
		}
	}
	return best;
}

/* ---- the wish ---- */

/* So many cores for so many vCPUs: with a core for the emulator, and if need be without. */
static bool try_vcpus(const struct ground *ground, unsigned int n_vcpus, bool spread, struct search *ret)
{
	unsigned int n_cores = spread ? n_vcpus : n_vcpus / ground->n_threads;

	for (unsigned int n_more = 2; n_more-- > 0;) {
		if (has_rest(ground, n_cores, n_more) && try_cores(ground, n_cores, ret)) {
			ret->n_vcpus = n_vcpus;
			ret->spread = spread;
			ret->threads = spread ? 1 : ground->n_threads;
			return true;
		}
	}
	return false;
}

/* The number of vCPUs is given: cores in parts that are not equal are better than none. */
static bool try_exact(const struct ground *ground, unsigned int n_vcpus, struct search *ret)
{
	unsigned int n_threads = ground->n_threads, n_cores = (n_vcpus + n_threads - 1) / n_threads;

	if (!has_rest(ground, n_cores, 0) || !try_uneven(ground, n_cores, ret))
		return false;
	ret->n_vcpus = n_vcpus;
	ret->spread = n_threads == 1;
	ret->threads = n_vcpus % n_threads == 0 ? n_threads : 1;
	return true;
}

/* As many as the best cache near the first card has for it. */
static unsigned int choose_vcpus(const struct ground *ground, unsigned int default_cores)
{
	unsigned int n_cores = 0;

	for (unsigned int i = 0; i < ground->topology->n_caches && n_cores == 0; i++) {
		if (ground->topology->caches[ground->caches[i]].node == ground->nodes[0])
			n_cores = ground->n_free[ground->caches[i]];
	}
	/* One is the emulator's. */
	if (n_cores > 1 && n_cores + 2 > ground->topology->n_cores)
		n_cores--;
	if (n_cores == 0)
		n_cores = 1;
	return (n_cores < default_cores ? n_cores : default_cores) * ground->n_threads;
}

static bool try_whole(const struct ground *ground, unsigned int n_vcpus, struct search *ret)
{
	return n_vcpus % ground->n_threads == 0 && try_vcpus(ground, n_vcpus, false, ret);
}

/* Or a core for each vCPU: three cores are no two equal parts, and six are. */
static bool try_number(const struct ground *ground, unsigned int n_vcpus, struct search *ret)
{
	return try_whole(ground, n_vcpus, ret) || (ground->n_threads > 1 && try_vcpus(ground, n_vcpus, true, ret));
}

/* The number that is nearest to the wish, and no further; of two the smaller, which leaves the host more. */
static bool try_around(const struct ground *ground, unsigned int n_vcpus, unsigned int furthest,
	bool (*try)(const struct ground *, unsigned int, struct search *), struct search *ret)
{
	unsigned int most = ground->topology->n_cores * ground->n_threads;

	if (ground->wish->most_vcpus && ground->wish->most_vcpus < most)
		most = ground->wish->most_vcpus;
	for (unsigned int distance = 0; distance <= furthest; distance++) {
		if (n_vcpus > distance && try(ground, n_vcpus - distance, ret))
			return true;
		if (n_vcpus + distance <= most && try(ground, n_vcpus + distance, ret))
			return true;
	}
	return false;
}

static bool find_vcpus(const struct ground *ground, unsigned int n_vcpus, struct search *ret)
{
	if (try_number(ground, n_vcpus, ret))
		return true;
	if (ground->wish->exact)
		return try_exact(ground, n_vcpus, ret);
	return try_around(ground, n_vcpus, ground->n_threads, try_whole, ret) ||
	       try_around(ground, n_vcpus, VCPUS_MAX, try_number, ret);
}

bool search_run(
	const struct topology *topology, const struct wish *wish, unsigned int default_cores, struct search *ret)
{
	struct ground ground = { .topology = topology, .wish = wish };

	memset(ret, 0, sizeof(*ret));
	if (topology->n_cores < 2)
		return false;
	find_cores(&ground);
	order_caches(&ground);
	order_nodes(&ground);
	if (!find_vcpus(&ground, wish->n_vcpus ? wish->n_vcpus : choose_vcpus(&ground, default_cores), ret))
		return false;
	ret->emulator = choose_emulator(&ground, ret);
	ret->is_hybrid = ground.is_hybrid;
	return true;
}
