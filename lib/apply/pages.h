/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: huge pages of a node of the host (Documentation/admin-guide/mm/hugetlbpage.rst). A write to nr_hugepages is
 * carried out in part when the node has no more room: what counts is what is read afterwards.
 */
#pragma once

#include <stdint.h>

#include "host/host.h"
#include "plan/step.h"

struct pages_result {
	uint64_t found;  /* of those that were to be added */
	uint64_t in_use; /* of those that were to go: they go when whoever has them frees them */
};

/*
 * Carries out a STEP_PAGES. More pages are asked for until they are there, and room is made in between; one that falls
 * short is the caller's to undo. Fewer: what was added is taken away from what is there now, but so many as kept stay,
 * UINT64_MAX for those that were there before; what somebody else has taken away already is not taken again. Returns
 * as step_execute(), with STEP_SHORT, and *ret.
 */
int pages_set(const struct host *host, const struct step *step, uint64_t kept, struct pages_result *ret);
