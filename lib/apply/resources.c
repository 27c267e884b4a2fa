// SPDX-License-Identifier: GPL-2.0-or-later
/* What of the host's CPUs and memory a domain may have: the host, and what others have of it. */
#include <errno.h>
#include <string.h>

#include "apply/context.h"
#include "plan/settle.h"
#include "probe/knobs.h"
#include "probe/pool.h"

static int see_pools(struct handover *handover, struct situation *situation, struct refusal *refusal)
{
	int r = pools_probe(handover->host, &handover->pools);

	if (r < 0)
		return refusal_set(refusal, REFUSAL_MEMORY, "cannot read the host's huge pages: %s", strerror(-r));
	situation->pools = &handover->pools;
	situation->promised = &handover->promised;
	situation->added = &handover->added;
	return 0;
}

static int check_governor(
	struct handover *handover, const struct cpuset *cpus, const char *governor, struct refusal *refusal)
{
	int r = governor[0] ? governor_check(handover->host, cpus, governor, refusal) : 0;

	if (r == 1)
		notes_add(&handover->notes, "the host has no cpufreq, so its governor stays as it is");
	return r < 0 ? r : 0;
}

/* The host is looked at as one on which the domain has its CPUs already, for that is what will be changed. */
static int see_cpus(struct handover *handover, int runtime, const struct domain *domain, const struct policy *policy,
	struct situation *situation, struct refusal *refusal)
{
	struct claims *claims = &handover->claims;
	struct claim *own = &claims->claims[claims->n_claims];
	int r;

	if (claims->n_claims == CLAIMS_MAX)
		return refusal_set(
			refusal, REFUSAL_CPUS, "%d domains have CPUs of their own; stop one first", CLAIMS_MAX);
	*own = (struct claim){ .cpus = domain->demand.vcpus, .isolate = policy->isolate };
	memcpy(own->name, domain->name, sizeof(own->name));
	memcpy(own->governor, policy->governor, sizeof(own->governor));
	(void)text_copy(own->partition, sizeof(own->partition), domain->demand.partition);
	claims->n_claims++;
	r = context_see(handover, runtime, refusal);
	if (r == 0)
		r = check_governor(handover, &own->cpus, own->governor, refusal);
	claims->n_claims--;
	situation->knobs = &handover->knobs;
	situation->online = &handover->online;
	return r;
}

int context_see_resources(struct handover *handover, int runtime, const struct domain *domain,
	struct situation *situation, struct refusal *refusal)
{
	const struct policy policy = policy_merge(&domain->policy, &handover->settings.policy);
	bool cpus = policy.isolate || policy.governor[0];
	int r;

	situation->claims = &handover->claims;
	handover->claims.n_claims = 0;

	knobs_clear(&handover->knobs);
	handover->notes.n = 0;
	/* A card that a person detaches is for no domain yet. */
	if (!domain->name[0] || (!cpus && !policy.allocate && domain->demand.n_pinned == 0))
		return 0;
	r = context_gather(handover, runtime, domain->uuid);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_STATE,
			"cannot tell what other domains have, for a journal in /run/gpu-handoff cannot be read: %s",
			strerror(-r));
	if (policy.allocate)
		r = see_pools(handover, situation, refusal);
	/* That of the host is for those domains that have CPUs of their own; one that says it itself is told. */
	if (r == 0 && cpus && (domain->demand.n_pinned || domain->policy.has_isolate || domain->policy.has_governor))
		r = see_cpus(handover, runtime, domain, &policy, situation, refusal);
	return r;
}

void context_foresee(struct handover *handover)
{
	const struct plan *plan = &handover->journal.plan;
	struct claims *claims = &handover->claims;

	if (!plan->has_claim || claims->n_claims == CLAIMS_MAX)
		return;
	claims->claims[claims->n_claims++] = plan->claim;
	plan_settle(&handover->knobs, claims, &handover->online);
}
