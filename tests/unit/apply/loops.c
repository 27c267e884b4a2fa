// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/apply/loops.h"

#include <stdlib.h>

#include "tests/support/snapshot.h"
#include "tests/support/suite.h"

struct machine machine;

int loop_call(enum call call, const struct domain *domain)
{
	machine.notes[0] = '\0';
	return call == CALL_TAKE ? handover_take(machine.handover, domain, 0, &machine.refusal)
				 : handover_return(machine.handover, domain->uuid, &machine.refusal);
}

bool loop_can_be_taken(const struct domain *domain)
{
	struct outlook outlook;

	return handover_plan(machine.handover, domain, &outlook, &machine.refusal) == 0;
}

unsigned int loop_count(enum call call, const struct domain *domain, unsigned int scope)
{
	unsigned int n_take, n_return;

	fault_disarm(scope);
	ck_assert_int_eq(loop_call(CALL_TAKE, domain), 0);
	n_take = fault_count();
	fault_disarm(scope);
	ck_assert_int_eq(loop_call(CALL_RETURN, domain), 0);
	n_return = fault_count();
	fault_disarm(0);
	return call == CALL_TAKE ? n_take : n_return;
}

void loop_check(const char *before, const char *what, const struct domain *domain, unsigned int at)
{
	char *after = machine_snapshot(&machine);
	const char *difference = snapshot_compare(before, after, NULL);

	ck_assert_msg(!difference, "%s at %u of %s: %s", what, at, address_text(domain->hostdevs[0]).s, difference);
	ck_assert_msg(machine_is_clean(&machine), "%s at %u: a journal is left", what, at);
	ck_assert(!machine.kernel.hung);
	free(after);
}

void loop_cards(const char *record, void (*visit)(const struct domain *domain, const char *before))
{
	char *before;

	machine_start(&machine, record, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	before = machine_snapshot(&machine);
	for (unsigned int i = 0; i < machine.n_cards; i++) {
		if (loop_can_be_taken(&machine.cards[i]))
			visit(&machine.cards[i], before);
	}
	free(before);
	machine_stop(&machine);
}
