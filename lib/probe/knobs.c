// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/knobs.h"
#include "probe/cpus.h"

#include <errno.h>
#include <string.h>

#include "probe/knobs_look.h"

int online_probe(const struct host *host, struct cpuset *ret)
{
	int r = cpus_read_list(host->sys, "devices/system/cpu/online", ret);

	return r < 0 ? r : cpuset_is_empty(ret) ? -EBADMSG : 0;
}

bool knobs_look_wants(const struct knobs_look *look, enum knob_kind kind)
{
	return look->isolates || (look->known & 1u << kind) != 0;
}

struct knob *knobs_look_cpus(
	struct knobs_look *look, enum knob_kind kind, const char *key, const struct cpuset *current)
{
	struct knob *knob = knobs_see_cpus(look->knobs, kind, key, current);

	look->n_full += !knob;
	return knob;
}

struct knob *knobs_look_word(struct knobs_look *look, enum knob_kind kind, const char *key, const char *current)
{
	struct knob *knob = knobs_see_word(look->knobs, kind, key, current);

	look->n_full += !knob;
	return knob;
}

static unsigned int known_kinds(const struct knobs *knobs)
{
	unsigned int kinds = 0;

	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		if (knobs->knobs[i].known)
			kinds |= 1u << knobs->knobs[i].kind;
	}
	return kinds;
}

static bool isolates(const struct claims *claims)
{
	for (unsigned int i = 0; i < claims->n_claims; i++) {
		if (claims->claims[i].isolate)
			return true;
	}
	return false;
}

int knobs_probe(const struct host *host, const struct claims *claims, struct knobs *knobs, struct notes *notes,
	struct refusal *refusal)
{
	/* 4 MiB. */
	static struct groups groups;
	struct knobs_look look = {
		.host = host,
		.claims = claims,
		.knobs = knobs,
		.notes = notes,
		.refusal = refusal,
		.isolates = isolates(claims),
		.known = known_kinds(knobs),
		.groups = &groups,
	};
	int r = online_probe(host, &look.online);

	if (r < 0)
		return refusal_set(
			refusal, REFUSAL_CPUS, "cannot read which CPUs of the host are online: %s", strerror(-r));
	knobs->n_needs = knobs->n_ways = 0;
	r = groups_find_machines(host, claims, &groups);
	if (r < 0)
		notes_add(notes, "cannot list libvirt's VMs: %s", strerror(-r));
	knobs_look_interrupts(&look);
	r = knobs_look_units(&look);
	if (r < 0)
		return r;
	knobs_look_threads(&look);
	knobs_look_power(&look);
	if (look.n_full > 0)
		notes_add(notes,
			"%u more interrupts, control groups or threads than there is room for stay as they are",
			look.n_full);
	return 0;
}
