/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: which knobs somebody else has changed, and what those had before us that are new: the first half of
 * plan_settle(), whose header has the rules. Pure.
 */
#pragma once

#include "model/claim.h"
#include "model/knob.h"

/* The governor, and the preference that goes with it. */
#define PERFORMANCE "performance"

/* Fills foreign of what is known, and base of what is new. */
void judge_knobs(struct knobs *knobs, const struct claims *claims, const struct cpuset *online);

/* What systemd sets a control group and a drop-in with; NULL for what it does not set so, and where that is not told.
 */
const struct knob *judge_find_unit(struct knobs *knobs, const struct knob *knob);
