/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply: what a handover does, as lines of the system's journal: GPU_HANDOFF_* fields, and a sentence to read. */
#pragma once

#include "apply/handover.h"

/* The observer that logs; the domain must outlive it. */
void report_init(struct observer *observer, const struct domain *domain);

/* The last line of a call that is refused. */
void report_refusal(const struct domain *domain, const char *operation, const struct refusal *refusal);
