// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/occupancy.h"

#include <string.h>

#include "probe/activity.h"
#include "probe/node.h"
#include "probe/nvidia.h"
#include "probe/process.h"

/* nvidia-smi wakes every GPU of the host. */
#define PERSISTENCE_DEADLINE_MS 20000

/* A hundred times what the largest host was seen to take. */
#define SCAN_DEADLINE_MS 30000

/* What the child is given, and gives back. */
struct scan {
	const struct host *host;
	const struct nodes *nodes;
	struct holders holders;
};

static int scan(void *argument)
{
	struct scan *scan = argument;

	return process_scan(scan->host, scan->nodes, &scan->holders);
}

/* A process that is stuck in a driver may keep whoever looks at it waiting. */
static int scan_processes(const struct host *host, struct occupancy *occupancy)
{
	static struct scan question;
	int r;

	question.host = host;
	question.nodes = &occupancy->nodes;
	r = host->kernel->look(scan, &question, sizeof(question), SCAN_DEADLINE_MS);
	if (r >= 0)
		occupancy->holders = question.holders;
	return r;
}

int occupancy_probe(const struct host *host, struct occupancy *occupancy)
{
	int r;

	nvidia_probe(host, &occupancy->nvidia);
	r = node_probe(host, &occupancy->functions, &occupancy->nodes);
	if (r < 0)
		return r;
	r = activity_probe(host, &occupancy->functions, &occupancy->activity);
	if (r < 0)
		return r;
	return scan_processes(host, occupancy);
}

static bool is_at_work(const struct occupancy *occupancy, const struct function *function)
{
	const struct function_activity *activity = occupancy_activity(occupancy, function->address);

	return strcmp(function->driver, NVIDIA_DRIVER) == 0 && activity->vectors > 0 && activity->uvm == UVM_NONE;
}

unsigned int occupancy_probe_persistence(const struct host *host, bool held, struct occupancy *occupancy)
{
	unsigned int n_before = occupancy->n_persistences;

	for (unsigned int i = 0; i < occupancy->functions.n_functions; i++) {
		const struct function *function = &occupancy->functions.functions[i];
		int r;

		if (!is_at_work(occupancy, function) || occupancy->n_persistences == PERSISTENCES_MAX ||
			occupancy_find_persistence(occupancy, function->address) ||
			(!held && occupancy_is_held(occupancy, function->address)))
			continue;
		r = host->kernel->get_persistence(host, address_text(function->address).s, PERSISTENCE_DEADLINE_MS);
		occupancy->persistences[occupancy->n_persistences++] =
			(struct persistence){ .address = function->address, .enabled = r == 1 };
	}
	return occupancy->n_persistences - n_before;
}
