// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/show.h"

#include <stdio.h>

#include "apply/execute.h"
#include "base/text.h"

void show_taken(const struct inventory *inventory, const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->n_taken; i++) {
		const struct taken *taken = &plan->taken[i];
		const struct function *function = inventory_find(inventory, taken->address);

		(void)printf("  %s  IOMMU group %d, %s%s\n", address_text(taken->address).s, taken->iommu_group,
			function->driver[0] ? function->driver : "no driver",
			taken->forgotten ? "; not in the domain, but in the same slot and group" : "");
	}
}

void show_steps(const struct plan *plan)
{
	char sentence[STEP_SENTENCE_SIZE];

	if (plan->n_steps == 0)
		(void)printf("  nothing to change\n");
	for (unsigned int i = 0; i < plan->n_steps; i++) {
		step_describe(&plan->steps[i], sentence);
		(void)printf("  %2u. %s\n", i + 1, sentence);
	}
}

void show_note(const char *owner, const char *sentence)
{
	char buffer[DOMAIN_NAME_SIZE];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_add_foreign(&text, owner);
	(void)printf("%s: %s\n", buffer, sentence);
}

static void observe_step(void *data, const char *owner, const struct step *step, int result, uint64_t duration_us)
{
	char line[2 * STEP_SENTENCE_SIZE];
	struct text text;

	(void)data;
	if (result == 1)
		return;
	text_init(&text, line, sizeof(line));
	step_describe_outcome(&text, step, result, duration_us);
	show_note(owner, line);
}

static void observe_note(void *data, const char *owner, const char *sentence)
{
	(void)data;
	show_note(owner, sentence);
}

const struct observer show_observer = { .stepped = observe_step, .noted = observe_note };
