// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/vectors.h"

struct cpuset plan_vectors(const struct cpuset *online, const struct claims *claims, const struct cpuset *near)
{
	const struct cpuset isolated = claims_isolated(claims, -1);
	struct cpuset host = *online, close;

	cpuset_remove_all(&host, &isolated);
	close = host;
	cpuset_keep_all(&close, near);
	return cpuset_is_empty(&close) ? host : close;
}
