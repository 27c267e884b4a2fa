// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "base/text.h"
#include "probe/resident.h"

#define MIB UINT64_C(1024)
#define GIB (1024 * MIB)

static void add_size(struct text *text, uint64_t kib)
{
	uint64_t unit = kib >= GIB ? GIB : MIB;

	text_add(text, "%" PRIu64 ".%" PRIu64 " %s", kib / unit, kib % unit * 10 / unit, unit == GIB ? "GiB" : "MiB");
}

/* Those nodes that are meant, or the others. Returns how many have any. */
static unsigned int add_nodes(
	struct text *text, const struct resident *resident, const struct cpuset *nodes, bool meant, bool after)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < RESIDENT_NODES_MAX; i++) {
		if (resident->kib[i] == 0 || (cpuset_is_empty(nodes) || cpuset_has(nodes, i)) != meant)
			continue;
		text_add(text, "%s", n ? ", " : after ? "; " : "");
		add_size(text, resident->kib[i]);
		text_add(text, " on node %u", i);
		n++;
	}
	return n;
}

void resident_describe(struct text *text, const struct resident *resident, const struct cpuset *nodes)
{
	unsigned int n = add_nodes(text, resident, nodes, true, false);

	if (n && !cpuset_is_empty(nodes))
		text_add(text, ", where its memory is to be");
	if (add_nodes(text, resident, nodes, false, n > 0))
		text_add(text, ", where it is not to be");
	else if (n == 0)
		text_add(text, "no memory yet");
}
