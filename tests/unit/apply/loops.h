/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: what the loops over faults share: a machine, its state before, and a call that is made to go wrong. */
#pragma once

#include "tests/support/fault.h"
#include "tests/support/machine.h"

extern struct machine machine;

enum call {
	CALL_TAKE,
	CALL_RETURN,
};

/* Makes the call, without a fault. Returns as the library does. */
int loop_call(enum call call, const struct domain *domain);

/* Whether the machine would give the domain its hostdevs. */
bool loop_can_be_taken(const struct domain *domain);

/* How many operations of the scope the call takes. The domain is afterwards as it was before. */
unsigned int loop_count(enum call call, const struct domain *domain, unsigned int scope);

/* Ends the test unless the tree is as before (which may be NULL for "do not look") and no journal is left. */
void loop_check(const char *before, const char *what, const struct domain *domain, unsigned int at);

/* For every card that can be taken, of a machine that is started for it. */
void loop_cards(const char *record, void (*visit)(const struct domain *domain, const char *before));
