// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/handover.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/show.h"
#include "cli/source.h"
#include "plan/settle.h"

static json_object *describe_taken(const struct outlook *outlook)
{
	const struct plan *plan = outlook->plan;
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < plan->n_taken; i++) {
		const struct taken *taken = &plan->taken[i];
		const struct function *function = inventory_find(outlook->inventory, taken->address);
		json_object *object = json_object_new_object();

		json_object_object_add(object, "address", json_address(taken->address));
		json_object_object_add(object, "driver", json_text_or_null(function->driver));
		json_object_object_add(object, "iommu_group", json_number_or_null(taken->iommu_group));
		json_object_object_add(object, "named", json_object_new_boolean(!taken->forgotten));
		json_object_array_add(array, object);
	}
	return array;
}

static json_object *describe_refusal(const struct refusal *refusal)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "reason", json_object_new_string(refusal_reason_name(refusal->reason)));
	json_object_object_add(object, "sentence", json_object_new_string(refusal->sentence));
	return object;
}

/* A name may be no UTF-8: then it is shown as people see it. */
static json_object *describe_domain(const struct domain *domain)
{
	json_object *object = json_object_new_object();
	char name[DOMAIN_NAME_SIZE];
	struct text text;

	text_init(&text, name, sizeof(name));
	text_add_foreign(&text, domain->name);
	json_object_object_add(object, "name", json_object_new_string(name));
	json_object_object_add(object, "uuid", json_text_or_null(domain->uuid));
	return object;
}

/* What taking CPUs means, knob by knob. */
static json_object *describe_knobs(const struct knobs *knobs)
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < knobs->n_knobs; i++) {
		if (knob_is_due(&knobs->knobs[i]))
			json_object_array_add(array, json_knob(&knobs->knobs[i]));
	}
	return array;
}

/* The refusal is NULL when there is none; then there are outlook and undo. */
static int print_json(const struct domain *domain, const struct outlook *outlook, const struct plan *undo,
	const struct refusal *refusal)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "domain", describe_domain(domain));
	json_object_object_add(object, "refusal", refusal ? describe_refusal(refusal) : NULL);
	json_object_object_add(object, "functions", refusal ? json_object_new_array() : describe_taken(outlook));
	json_object_object_add(object, "steps", refusal ? json_object_new_array() : json_steps(outlook->plan));
	json_object_object_add(object, "knobs", refusal ? json_object_new_array() : describe_knobs(outlook->knobs));
	json_object_object_add(object, "notes", refusal ? json_object_new_array() : json_notes(outlook->notes));
	json_object_object_add(object, "undo", refusal ? json_object_new_array() : json_steps(undo));
	return json_print(object);
}

static void print_text(const struct domain *domain, const struct outlook *outlook, const struct plan *undo)
{
	const struct plan *plan = outlook->plan;
	char name[DOMAIN_NAME_SIZE];
	struct text text;

	text_init(&text, name, sizeof(name));
	text_add_foreign(&text, domain->name);
	if (plan->n_taken == 0 && plan->n_steps == 0) {
		(void)printf("domain '%s' has no PCI hostdev: starting it touches nothing\n", name);
		show_notes(outlook->notes);
		return;
	}
	if (plan->n_taken > 0) {
		(void)printf("domain '%s' takes\n", name);
		show_taken(outlook->inventory, plan);
		(void)printf("\nbefore it starts\n");
	} else {
		(void)printf("before domain '%s' starts\n", name);
	}
	show_steps(plan);
	show_knobs(outlook->knobs);
	show_notes(outlook->notes);
	(void)printf("\nafter it has stopped\n");
	show_steps(undo);
}

static int run_plan(struct invocation *invocation, struct refusal *refusal)
{
	struct handover *handover = handover_new(&invocation->host, NULL);
	struct plan *undo = malloc(sizeof(*undo));
	struct outlook outlook;
	struct domain domain;
	int r;

	if (!handover || !undo)
		r = refusal_set(refusal, REFUSAL_STATE, "there is no memory for the plan");
	else
		r = source_read(invocation->argument, invocation->sysroot, &domain, NULL, refusal);
	if (r >= 0) {
		r = handover_plan(handover, &domain, &outlook, refusal);
		if (r >= 0)
			plan_undo(outlook.plan, undo);
		if (invocation->json)
			(void)print_json(&domain, &outlook, undo, r < 0 ? refusal : NULL);
		else if (r >= 0)
			print_text(&domain, &outlook, undo);
	}
	free(undo);
	handover_free(handover);
	return r;
}

const struct command command_plan = {
	.name = "plan",
	.argument = "FILE.xml|DOMAIN",
	.help = "show what starting a domain would do, or why it would be refused",
	.options = OPTION_JSON | OPTION_SYSROOT,
	.run = run_plan,
};
