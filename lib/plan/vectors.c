// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/vectors.h"

static struct cpuset common(const struct cpuset *a, const struct cpuset *b)
{
	struct cpuset rest = *a, both = *a;

	cpuset_remove_all(&rest, b);
	cpuset_remove_all(&both, &rest);
	return both;
}

struct cpuset plan_vectors(const struct cpuset *online, const struct claims *claims, const struct cpuset *service,
	const struct cpuset *near)
{
	const struct cpuset isolated = claims_isolated(claims, -1);
	struct cpuset host = *online, close, own;

	cpuset_remove_all(&host, &isolated);
	close = common(&host, near);
	own = common(&close, service);
	return !cpuset_is_empty(&own) ? own : !cpuset_is_empty(&close) ? close : host;
}
