// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/vectors.h"

struct cpuset plan_vectors(const struct cpuset *online, const struct claims *claims, const struct cpuset *near)
{
	const struct cpuset isolated = claims_isolated(claims, -1);
	const struct cpuset host = cpuset_less(online, &isolated);
	struct cpuset close = host;

	cpuset_keep_all(&close, near);
	return cpuset_is_empty(&close) ? host : close;
}
