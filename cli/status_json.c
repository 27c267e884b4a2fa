// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/text.h"
#include "cli/json.h"
#include "cli/modes.h"
#include "cli/names.h"
#include "cli/status.h"

/* A stranger's text, which may be no UTF-8, as people see it; null for none. */
static json_object *describe_foreign(const char *foreign)
{
	char safe[UNIT_NAME_SIZE + DOMAIN_NAME_SIZE];
	struct text text;

	text_init(&text, safe, sizeof(safe));
	text_add_foreign(&text, foreign);
	return json_text_or_null(safe);
}

static json_object *describe_time(time_t when)
{
	struct tm utc;
	char text[32];

	if (!when || !gmtime_r(&when, &utc))
		return NULL;
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	return json_object_new_string(text);
}

static json_object *describe_node(const struct node *node, bool opened, bool mapped)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "name", json_object_new_string(node->name));
	json_object_object_add(object, "type", json_object_new_string(node->block ? "block" : "character"));
	json_object_object_add(object, "major", json_object_new_int64(node->major));
	json_object_object_add(object, "minor", json_object_new_int64(node->minor));
	json_object_object_add(object, "function", node->reach == NODE_SHARED ? NULL : json_address(node->owner));
	json_object_object_add(object, "open", json_object_new_boolean(opened));
	json_object_object_add(object, "mapped", json_object_new_boolean(mapped));
	return object;
}

static json_object *describe_nodes(const struct status *status, const struct card *card, const struct holder *holder)
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < status->occupancy.nodes.n_nodes; i++) {
		if (status_has_node(status, card, holder, i))
			json_object_array_add(
				array, describe_node(&status->occupancy.nodes.nodes[i],
					       node_set_has(&holder->opened, i), node_set_has(&holder->mapped, i)));
	}
	return array;
}

static json_object *describe_holder(const struct status *status, const struct card *card, const struct holder *holder)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "pid", json_object_new_int(holder->pid));
	json_object_object_add(object, "command", describe_foreign(holder->command));
	json_object_object_add(object, "uid", json_object_new_int64(holder->uid));
	json_object_object_add(object, "unit", describe_foreign(holder->unit.name));
	json_object_object_add(object, "unit_kind", json_text_or_null(unit_kind_name(holder->unit.kind)));
	json_object_object_add(object, "since", describe_time(status_started(holder)));
	json_object_object_add(object, "nodes", describe_nodes(status, card, holder));
	json_object_object_add(object, "dma_buf", json_object_new_boolean(holder->dma_buf));
	return object;
}

static json_object *describe_holders(const struct status *status, const struct card *card,
	bool (*choose)(const struct status *, const struct card *, const struct holder *))
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < status->occupancy.holders.n_holders; i++) {
		const struct holder *holder = &status->occupancy.holders.holders[i];

		if (choose(status, card, holder))
			json_object_array_add(array, describe_holder(status, card, holder));
	}
	return array;
}

static json_object *describe_uses(const struct status *status, const struct card *card)
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < status->occupancy.activity.n_uses; i++) {
		const struct use *use = &status->occupancy.activity.uses[i];

		for (unsigned int j = 0; j < card->n_functions; j++) {
			if (address_compare(use->owner, card->functions[j]->address) == 0)
				json_object_array_add(array, json_object_new_string(use->sentence));
		}
	}
	return array;
}

static json_object *describe_functions(const struct card *card)
{
	json_object *array = json_object_new_array(), *object;

	for (unsigned int i = 0; i < card->n_functions; i++) {
		const struct function *function = card->functions[i];

		object = json_object_new_object();
		json_object_object_add(object, "address", json_address(function->address));
		json_object_object_add(
			object, "role", json_object_new_string(card_role_name(card_role(card, function))));
		json_object_object_add(object, "driver", json_text_or_null(function->driver));
		json_object_array_add(array, object);
	}
	return array;
}

static json_object *describe_stay(const struct stay *stay)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "place", json_object_new_string(place_name(stay->place)));
	json_object_object_add(object, "owner", describe_foreign(stay->owner));
	json_object_object_add(object, "since", describe_time(stay->since));
	return object;
}

static json_object *describe_card(const struct status *status, const struct card *card, const struct stay *stay)
{
	const struct function_activity *activity = occupancy_activity(&status->occupancy, card->gpu->address);
	json_object *object = json_object_new_object();
	char name[CARD_NAME_SIZE];

	name_device(status->names, card->gpu, name);
	json_object_object_add(object, "address", json_address(card->gpu->address));
	json_object_object_add(object, "name", json_object_new_string(name));
	json_object_object_add(object, "driver", json_text_or_null(card->gpu->driver));
	json_object_object_add(object, "mode",
		json_object_new_string(card_mode_name(modes_find(&status->settings, &status->inventory, card))));
	json_object_object_add(object, "functions", describe_functions(card));
	json_object_object_add(object, "where", describe_stay(stay));
	json_object_object_add(object, "interrupt_vectors", json_object_new_int64(activity->vectors));
	json_object_object_add(object, "uvm", json_object_new_boolean(activity->uvm == UVM_REGISTERED));
	json_object_object_add(object, "holders", describe_holders(status, card, status_holds));
	json_object_object_add(object, "suspects", describe_holders(status, card, status_suspects));
	json_object_object_add(object, "uses", describe_uses(status, card));
	return object;
}

json_object *status_describe(const struct status *status)
{
	const struct nvidia_version *version = &status->occupancy.nvidia.version;
	json_object *root = json_object_new_object(), *cards = json_object_new_array();
	char text[48];
	struct card card;

	for (unsigned int i = 0; i < status->n_cards; i++) {
		if (card_find(&status->inventory, status->stays[i].gpu, &card))
			json_object_array_add(cards, describe_card(status, &card, &status->stays[i]));
	}
	json_object_object_add(root, "cards", cards);
	json_object_object_add(root, "notes", json_notes(&status->notes));
	resources_describe(&status->resources, root);
	(void)snprintf(text, sizeof(text), "%u.%u.%02u", version->major, version->minor, version->patch);
	json_object_object_add(root, "nvidia_version", version->major ? json_object_new_string(text) : NULL);
	json_object_object_add(root, "processes_hidden", json_object_new_int64(status->occupancy.holders.n_hidden));
	return root;
}
