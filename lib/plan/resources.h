/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: the steps that get a domain its huge pages and its CPUs, where its policy, or the host's, says so. Pure. */
#pragma once

#include "plan/plan.h"

/*
 * Adds them to the plan, before those of the functions: a lack of either is found while the card is untouched. policy:
 * the merged one. Returns 0, or -ECANCELED with the refusal filled.
 */
int plan_resources(const struct domain *domain, const struct situation *situation, const struct policy *policy,
	struct plan *plan, struct notes *notes, struct refusal *refusal);
