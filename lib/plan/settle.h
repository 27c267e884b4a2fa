/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clang-format off */
/*
 * plan: what the knobs of the host (model/knob.h) are to be for those VMs that run: a function of what they were before
 * us and of the claims, so that taking CPUs, giving them back and putting right what a crash left is the same thing.
 * Pure.
 *
 * I are the CPUs that claims isolate, without those of the claim that a knob is exempt of, or that are needed in the
 * scope of a VM without one (KNOB_EXEMPT_NEEDS). What is wanted of each kind:
 *
 *	balancer	base and I
 *	default		base less I; all that is online less I, where nothing of that is online
 *	interrupt, workqueue	likewise
 *	thread		likewise; but nothing that is offline, where base has any of I
 *	allowed		where base is not set: all that is online less I, and not set while none of I is online;
 *			else base less I; base where nothing of that is online, for it needs these
 *	cpuset		likewise, by its own base
 *	dropin		"file", and base while what is wanted of allowed of that unit is its base
 *	latency		"70" where base is "0", which is no limit, or more than 70, and a claim with the governor performance
 *			has one of its CPUs; else base
 *	governor	of the claims that have one of its CPUs; of several performance, then the first by alphabet; else base
 *	preference	"performance" while a claim wants that governor of that policy; else base
 *
 * and base where nothing would be left. A knob that is not known has its current value as base. But an interrupt that is
 * born while the default is narrow is narrow: a new one that has what we made of the default has the default's base.
 * Those that had just that before are kept in the ledger with the default, so that they are not new. A new cpuset that
 * has what we made of allowed has the base of that, likewise. And an interrupt whose actions have changed, so that it is
 * new, has the base that it had under those before, while it has what we made of that.
 *
 * A known knob is foreign when what it has is neither its base nor what the ledger wants, nor, while the ledger is not
 * settled, last; nor what these have that nobody else did:
 *
 *	allowed, cpuset	all that is online, while the ledger is not settled: on the way back to not set
 *	cpuset		what allowed of that control group may have: systemd writes it there
 *	thread		all that is online, with and without what was isolated or is to be: before Linux 6.2, a thread
 *			loses its own affinity when cpusets change; and, of the kernel's own, base without any CPUs that
 *			are offline: before 6.2, that is what it has after it was to have base
 *	preference	"performance": drivers leave it there with the governor of that name
 *
 * When allowed of a unit is set, systemd writes its cpuset and its drop-in too. So all three are due with one of them
 * (knob->driven), even where they have now what is wanted: each is looked at when it is its turn, and left as it is where
 * it then has that. The ledger keeps them together (knob->kept).
 *
 * A frail thread is due, and kept, likewise, with any of these: it has to get its own CPUs again.
 *
 * A thread of the kernel that was to have base, and lacks CPUs of it that are offline, has what it has as base once the
 * ledger is settled: it could not be given more.
 *
 * A known balancer is due as well when it was told otherwise: it does what it is told a while later, and tells of the
 * time before until then.
 *
 * Cpuset and dropin are foreign when allowed of that control group is, and dropin only then. Nobody touches a foreign
 * knob: it is neither due nor turned, its base, last and want stay as the ledger has them, and it leaves the ledger; the
 * next time, it is a new one. A known knob that is not seen is gone, and leaves the ledger too; but one that could not
 * be looked at, one of CPUs that are offline, and while there are claims any of the last three kinds, is hidden: it
 * stays as it is, until it is seen again and whoever settles then brings it to what it is to be.
 *
 * The ledger may be marked as settled only when every knob that was due has what was wanted, or its base: one that could
 * not be brought away from another value has that as last, and would be foreign the next time. Nor while one is hidden,
 * unless the ledger was settled before: only then that one is sure not to have its last.
 *
 * Calling sequence: the ledger into knobs, the host into them (knobs_see_…), plan_settle(), and then each knob that is
 * due is set, in the order of the kinds.
 */
/* clang-format on */
#pragma once

#include "model/claim.h"
#include "model/demand.h"
#include "model/knob.h"
#include "model/notes.h"
#include "model/policy.h"
#include "model/refusal.h"

/* Fills base (of what is new), want and foreign of every knob that is seen. online: the CPUs of the host. */
void plan_settle(struct knobs *knobs, const struct claims *claims, const struct cpuset *online);

/* Whether a knob is to be set now; whether the ledger has to keep it after that: its want is not its base. */
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
