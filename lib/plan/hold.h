/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: what is done about those who use the functions that a plan takes. Nothing is unbound while anybody uses it:
 * services that hold a card by design are stopped and started again, others are refused by name, or stopped where the
 * policy says so and systemd or logind knows them. A stranger is never stopped. Pure.
 */
#pragma once

#include "model/inventory.h"
#include "model/occupancy.h"
#include "model/policy.h"
#include "model/refusal.h"
#include "plan/plan.h"

/*
 * Adds to the plan what frees the function, before its driver steps. Returns 0; -ECANCELED with the refusal filled:
 * REFUSAL_HELD when those who use it may yet go.
 */
int plan_hold(const struct function *function, const struct occupancy *occupancy, const struct policy *policy,
	const struct settings *settings, struct plan *plan, struct refusal *refusal);

/* Adds the start of the services that it stops and the settings restart, after the driver steps. */
void plan_restart(const struct settings *settings, struct plan *plan);

/* Whether nothing uses the function any more. Returns 0, or -ECANCELED with the refusal filled. */
int plan_check_free(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal);
