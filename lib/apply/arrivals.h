/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: functions that come back to the host's drivers, and whose device nodes are waited for: who finds its card with
 * the host again is to find /dev/dri/card0 as well, with its owner and its links. What a driver makes only later, by
 * work of its own (the sound cards of snd_hda_intel, USB devices), nobody can know of and is not waited for.
 *
 * Calling sequence: arrivals_expect() before each bind, arrivals_add() after one that the kernel has made, and
 * context_await_arrivals() (apply/context.h) after the last.
 */
#pragma once

#include "plan/plan.h"
#include "probe/udev.h"

struct arrival {
	struct address address;
	bool bound; /* just now: udev has an event of it to see to */
	struct udev_record before;
};

struct arrivals {
	unsigned int n;
	struct arrival arrivals[PLAN_FUNCTIONS_MAX];
};

/* What udev says of it before it is bound. */
struct arrival arrivals_expect(const struct host *host, struct address address);

/* Adds one that has the host's driver now. bound: it had not before. */
void arrivals_add(struct arrivals *arrivals, const struct arrival *expected, bool bound);
