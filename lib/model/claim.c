// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/claim.h"

bool claim_turns(const struct claim *claim)
{
	return claim->isolate || claim->governor[0];
}

bool claims_turn(const struct claims *claims)
{
	for (unsigned int i = 0; i < claims->n_claims; i++) {
		if (claim_turns(&claims->claims[i]))
			return true;
	}
	return false;
}

struct cpuset claims_isolated(const struct claims *claims, int except)
{
	struct cpuset isolated = { 0 };

	for (unsigned int i = 0; i < claims->n_claims; i++) {
		if (claims->claims[i].isolate && (int)i != except)
			cpuset_add_all(&isolated, &claims->claims[i].cpus);
	}
	if (except >= 0)
		cpuset_remove_all(&isolated, &claims->claims[except].cpus);
	return isolated;
}
