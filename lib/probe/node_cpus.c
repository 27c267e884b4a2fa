// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/node_cpus.h"

#include <errno.h>
#include <stdio.h>

#include "base/text.h"

#define NODES "devices/system/node"

int node_cpus_probe(const struct host *host, const struct cpuset *cpus, struct cpuset *ret)
{
	char content[CPUSET_TEXT_SIZE], path[64];
	struct cpuset online, node;
	ssize_t n;
	int r;

	*ret = (struct cpuset){ 0 };
	n = attribute_read(host->sys, NODES "/online", content, sizeof(content));
	if (n == -ENOENT) {
		n = attribute_read(host->sys, "devices/system/cpu/online", content, sizeof(content));
		return n < 0 ? (int)n : cpuset_parse(content, ret);
	}
	r = n < 0 ? (int)n : cpuset_parse(content, &online);
	if (r < 0)
		return r;
	/* Nodes are listed as CPUs are. */
	for (unsigned int i = cpuset_next(&online, 0); i < CPUS_MAX; i = cpuset_next(&online, i + 1)) {
		(void)snprintf(path, sizeof(path), NODES "/node%u/cpulist", i);
		n = attribute_read(host->sys, path, content, sizeof(content));
		/* Of a node of memory alone it is empty. */
		if (n > 0 && cpuset_parse(content, &node) == 0 && cpuset_intersects(&node, cpus))
			cpuset_add_all(ret, &node);
	}
	return 0;
}
