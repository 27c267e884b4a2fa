// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/attended.h"

#include <errno.h>

#include "apply/context.h"
#include "base/fd.h"
#include "host/runtime.h"
#include "plan/vectors.h"
#include "probe/knobs.h"
#include "probe/node_cpus.h"
#include "probe/vm.h"

int handover_attend(struct handover *handover, const char *owner, struct attended *ret)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false);
	struct journal *journal = &handover->journal;
	pid_t qemu;
	int r = runtime < 0 ? runtime : journal_read(runtime, owner, handover->buffer, journal);

	if (r < 0)
		return r;
	if (!journal->plan.has_claim || !journal->plan.claim.isolate)
		return -ENOENT;
	ret->vcpus = journal->plan.claim.cpus;
	ret->n_functions = journal->plan.n_taken;
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		ret->functions[i] = journal->plan.taken[i].address;
		ret->identities[i] = journal->plan.taken[i].identity;
	}
	r = qemu_probe(handover->host, journal->name, &qemu);
	return r < 0 ? r : vm_probe_group(handover->host, qemu, ret->group, sizeof(ret->group));
}

static void drop_replaced(const struct host *host, struct attended *attended)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < attended->n_functions; i++) {
		struct taken taken = { .address = attended->functions[i], .identity = attended->identities[i] };

		if (context_is_replaced(host, &taken))
			continue;
		attended->functions[n] = taken.address;
		attended->identities[n++] = taken.identity;
	}
	attended->n_functions = n;
}

int handover_vector_cpus(struct handover *handover, struct attended *attended, struct cpuset *ret)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false);
	struct cpuset online, near;
	int r;

	drop_replaced(handover->host, attended);
	r = runtime < 0 ? runtime : context_gather(handover, runtime, NULL);
	if (r >= 0)
		r = online_probe(handover->host, &online);
	if (r >= 0)
		r = node_cpus_probe(handover->host, &attended->vcpus, &near);
	if (r < 0)
		return r;
	*ret = plan_vectors(&online, &handover->claims, &near);
	return cpuset_is_empty(ret) ? -EBUSY : 0;
}
