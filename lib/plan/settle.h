/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: what the knobs of the host (model/knob.h) are to be for those VMs that run: a function of what they were before
 * us and of the claims, so that taking CPUs, giving them back and putting right what a crash left is the same thing.
 * Pure.
 *
 * Calling sequence: the ledger into knobs, the host into them (knobs_see_…), plan_settle(), and then each knob that is
 * seen, not foreign, and whose current is not want is set, in the order of the kinds.
 */
#pragma once

#include "model/claim.h"
#include "model/demand.h"
#include "model/knob.h"
#include "model/notes.h"
#include "model/policy.h"
#include "model/refusal.h"

/* Fills base (of what is new), want and foreign of every knob that is seen. online: the CPUs of the host. */
void plan_settle(struct knobs *knobs, const struct claims *claims, const struct cpuset *online);

/* Whether a knob is to be set now; whether the ledger has to keep it after that. */
bool knob_is_due(const struct knob *knob);
bool knob_is_turned(const struct knob *knob);

/*
 * Whether a domain can have the CPUs that it asks for by its policy, beside the other claims, of which it is none yet.
 * Returns 0 and *ret, whose name is the caller's to fill; 1 when it asks for none; -ECANCELED with the refusal filled.
 * What is only to be told is added to the notes.
 */
int plan_claim(const struct demand *demand, const struct policy *policy, const struct claims *others,
	const struct knobs *knobs, const struct cpuset *online, struct claim *ret, struct notes *notes,
	struct refusal *refusal);
