/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: one of the host's shared knobs (model/knob.h), on the host. systemd is asked for what is systemd's:
 * AllowedCPUs of a unit, at runtime (org.freedesktop.systemd1(5), SetUnitProperties), and what it leaves behind is
 * cleaned up: a value in cpuset.cpus that it does not take back (systemd issue 43846), and its drop-in.
 */
#pragma once

#include "base/text.h"
#include "host/host.h"
#include "model/knob.h"

/* Answers of ours, beside those of errno. */
enum {
	TURN_NO_EFFECT = -5200, /* it was accepted, and nothing changed */
	TURN_CUT = 2,           /* of a thread: done, but for CPUs that are offline, which the kernel did not take */
};

/* What all of them share. */
struct turning {
	const struct host *host;
	struct knobs *knobs;
	const struct cpuset *online;
};

/*
 * Gives a knob of those the value that it is to have. Returns 0 when that was done and seen to be done; 1 when there
 * was nothing to do; TURN_CUT; TURN_NO_EFFECT; KERNEL_STUCK; -errno.
 */
int knob_turn(const struct turning *turning, const struct knob *knob);

/* Whether VMs have what they ask for although knobs of this kind do not turn: an interrupt that the kernel manages. */
bool knob_kind_is_optional(enum knob_kind kind);

/* What the knob is, for a person: AllowedCPUs of 'system.slice'; interrupt 24 ('eth0'). */
void knob_describe(struct text *text, const struct knob *knob);

/* Its name alone: 'system.slice'. */
void knob_describe_key(struct text *text, const struct knob *knob);

/* One of its values: CPUs 0-3; 'performance'; nothing. */
void knob_describe_value(struct text *text, enum knob_kind kind, const union knob_value *value);
