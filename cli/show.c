// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

static void print_foreign(const char *owner, const char *end)
{
	char buffer[256];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_add_foreign(&text, owner);
	(void)printf("%s%s", buffer, end);
}

void show_owner(const char *owner)
{
	print_foreign(owner, "\n");
}

static void show_step(void *data, const char *owner, const struct step *step, int result, uint64_t duration_us)
{
	char sentence[STEP_SENTENCE_SIZE];

	(void)data;
	if (result == 1)
		return;
	step_describe(step, sentence);
	print_foreign(owner, ": ");
	(void)printf("%s: %s%s%" PRIu64 ".%" PRIu64 " ms\n", sentence, result < 0 ? strerror(-result) : "",
		result < 0 ? ", " : "", duration_us / 1000, duration_us / 100 % 10);
}

static void show_note(void *data, const char *owner, const char *sentence)
{
	(void)data;
	print_foreign(owner, ": ");
	(void)printf("%s\n", sentence);
}

const struct observer show_observer = { .stepped = show_step, .noted = show_note };
