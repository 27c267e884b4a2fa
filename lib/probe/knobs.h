/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: how the knobs of the host are (model/knob.h): interrupts, workqueues, control groups, kernel threads, the
 * speed of CPUs. Changes nothing. What only a claim that isolates needs is not looked at without one, unless the
 * ledger knows of it. /proc and sysfs are not waited for; the manager is, with a deadline.
 */
#pragma once

#include "host/host.h"
#include "model/claim.h"
#include "model/cpuset.h"
#include "model/knob.h"
#include "model/notes.h"
#include "model/refusal.h"

/*
 * Sees every knob of the host, in knobs that were cleared, or filled from the ledger, and fills their needs and ways.
 * What leads to a VM, or to where one of a claim is about to be, is no knob. What cannot be seen, and is needed, is
 * told in the notes. Returns 0; -ECANCELED with the refusal filled.
 */
int knobs_probe(const struct host *host, const struct claims *claims, struct knobs *knobs, struct notes *notes,
	struct refusal *refusal);

/* The CPUs that are online. Returns 0; -EBADMSG; -errno. */
int online_probe(const struct host *host, struct cpuset *ret);

/*
 * Whether every cpufreq policy of these CPUs offers the governor (Documentation/admin-guide/pm/cpufreq.rst). Returns 0;
 * 1 when they have no policy; -ECANCELED with the refusal filled.
 */
int governor_check(const struct host *host, const struct cpuset *cpus, const char *governor, struct refusal *refusal);
