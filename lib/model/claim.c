// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/claim.h"

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
