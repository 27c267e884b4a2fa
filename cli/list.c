// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/modes.h"
#include "cli/names.h"
#include "cli/show.h"
#include "model/card.h"
#include "probe/config.h"
#include "probe/inventory.h"

static json_object *describe_function(const struct card *card, const struct function *function)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "address", json_address(function->address));
	json_object_object_add(object, "role", json_object_new_string(card_role_name(card_role(card, function))));
	json_object_object_add(object, "class", json_hex(4, function->class_code >> 8));
	json_object_object_add(object, "vendor", json_hex(4, function->vendor));
	json_object_object_add(object, "device", json_hex(4, function->device));
	json_object_object_add(object, "driver", json_text_or_null(function->driver));
	json_object_object_add(object, "iommu_group", json_number_or_null(function->iommu_group));
	return object;
}

/* Addresses of functions, or null where the host does not tell its groups. */
static json_object *describe_members(const struct card *card, const struct function *const *members, unsigned int n)
{
	json_object *array;

	if (card->isolation == ISOLATION_UNKNOWN)
		return NULL;
	array = json_object_new_array();
	for (unsigned int i = 0; i < n; i++)
		json_object_array_add(array, json_address(members[i]->address));
	return array;
}

static json_object *describe_card(const struct card *card, enum card_mode mode, struct names *names)
{
	const struct function *gpu = card->gpu;
	json_object *object = json_object_new_object(), *array;
	char name[CARD_NAME_SIZE];

	json_object_object_add(object, "address", json_address(gpu->address));
	json_object_object_add(object, "vendor", json_hex(4, gpu->vendor));
	json_object_object_add(object, "device", json_hex(4, gpu->device));
	json_object_object_add(object, "name",
		names_device(names, gpu, name, sizeof(name)) == 0 ? json_object_new_string(name) : NULL);
	json_object_object_add(object, "kind", json_object_new_string(card_kind_name(card->kind)));
	json_object_object_add(object, "slot_path", json_text_or_null(gpu->slot_path.s));
	json_object_object_add(object, "mode", json_object_new_string(card_mode_name(mode)));
	json_object_object_add(object, "driver", json_text_or_null(gpu->driver));
	json_object_object_add(object, "boot_vga", gpu->boot_vga < 0 ? NULL : json_object_new_boolean(gpu->boot_vga));
	json_object_object_add(object, "numa_node", json_number_or_null(gpu->numa_node));
	array = json_object_new_array();
	for (unsigned int i = 0; i < card->n_groups; i++)
		json_object_array_add(array, json_object_new_int(card->groups[i]));
	json_object_object_add(object, "iommu_groups", array);
	array = json_object_new_array();
	for (unsigned int i = 0; i < card->n_functions; i++)
		json_object_array_add(array, describe_function(card, card->functions[i]));
	json_object_object_add(object, "functions", array);
	json_object_object_add(object, "group_extra", describe_members(card, card->extra, card->n_extra));
	json_object_object_add(object, "group_bridges", describe_members(card, card->bridges, card->n_bridges));
	json_object_object_add(object, "isolated",
		card->isolation == ISOLATION_UNKNOWN ? NULL
						     : json_object_new_boolean(card->isolation == ISOLATION_ISOLATED));
	return object;
}

static int print_json(const struct inventory *inventory, const struct settings *settings, const struct notes *notes,
	struct names *names)
{
	json_object *root = json_object_new_object(), *gpus = json_object_new_array();
	struct card card;

	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		if (!function_is_display(&inventory->functions[i]))
			continue;
		card_describe(inventory, &inventory->functions[i], &card);
		json_object_array_add(gpus, describe_card(&card, modes_find(settings, inventory, &card), names));
	}
	json_object_object_add(root, "gpus", gpus);
	json_object_object_add(root, "notes", json_notes(notes));
	return json_print(root);
}

/* ---- the table ---- */

enum {
	COLUMN_ADDRESS,
	COLUMN_NAME,
	COLUMN_ROLE,
	COLUMN_DRIVER,
	COLUMN_GROUP,
	COLUMN_NODE,
	COLUMN_KIND,
	COLUMN_MODE,
	COLUMN_ISOLATED
};

static const struct {
	const char *name;
	double width;
	int flags;
} columns[] = {
	[COLUMN_ADDRESS] = { "ADDRESS", 0, SCOLS_FL_TREE },
	[COLUMN_NAME] = { "NAME", 0, SCOLS_FL_TRUNC },
	[COLUMN_ROLE] = { "ROLE", 0, 0 },
	[COLUMN_DRIVER] = { "DRIVER", 0, 0 },
	[COLUMN_GROUP] = { "GROUP", 0, SCOLS_FL_RIGHT },
	[COLUMN_NODE] = { "NODE", 0, SCOLS_FL_RIGHT },
	[COLUMN_KIND] = { "KIND", 0, 0 },
	[COLUMN_MODE] = { "MODE", 0, 0 },
	[COLUMN_ISOLATED] = { "ISOLATED", 0, 0 },
};

/* A companion is told by what its class says. */
static void name_function(struct names *names, const struct function *function, bool is_gpu, char name[CARD_NAME_SIZE])
{
	if (is_gpu || names_class(names, function, name, CARD_NAME_SIZE) < 0)
		name_device(names, function, name);
}

static void set_number(struct libscols_line *line, size_t column, int number)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", number);
	(void)scols_line_set_data(line, column, number < 0 ? "-" : text);
}

static struct libscols_line *add_line(struct libscols_table *table, struct libscols_line *parent, struct names *names,
	const struct card *card, const struct function *function)
{
	struct libscols_line *line = scols_table_new_line(table, parent);
	char name[CARD_NAME_SIZE];

	if (!line)
		return NULL;
	name_function(names, function, !parent, name);
	(void)scols_line_set_data(line, COLUMN_ADDRESS, address_text(function->address).s);
	(void)scols_line_set_data(line, COLUMN_NAME, name);
	(void)scols_line_set_data(line, COLUMN_ROLE, card_role_name(card_role(card, function)));
	(void)scols_line_set_data(line, COLUMN_DRIVER, function->driver[0] ? function->driver : "-");
	set_number(line, COLUMN_GROUP, function->iommu_group);
	return line;
}

static void add_card(struct libscols_table *table, struct names *names, const struct card *card, enum card_mode mode)
{
	static const char *const isolation[] = {
		[ISOLATION_UNKNOWN] = "no IOMMU",
		[ISOLATION_SHARED] = "no",
		[ISOLATION_ISOLATED] = "yes",
	};
	struct libscols_line *line = add_line(table, NULL, names, card, card->gpu);

	if (!line)
		return;
	set_number(line, COLUMN_NODE, card->gpu->numa_node);
	(void)scols_line_set_data(line, COLUMN_KIND, card_kind_name(card->kind));
	(void)scols_line_set_data(line, COLUMN_MODE, card_mode_name(mode));
	(void)scols_line_set_data(line, COLUMN_ISOLATED, isolation[card->isolation]);
	for (unsigned int i = 0; i < card->n_functions; i++) {
		if (card->functions[i] != card->gpu)
			(void)add_line(table, line, names, card, card->functions[i]);
	}
}

/* Who would have to travel too, by name. */
static void print_neighbours(struct names *names, const struct card *card)
{
	char name[CARD_NAME_SIZE];

	if (card->n_extra == 0)
		return;
	(void)printf("\n%s shares its IOMMU group with\n", address_text(card->gpu->address).s);
	for (unsigned int i = 0; i < card->n_extra; i++) {
		name_device(names, card->extra[i], name);
		(void)printf("  %s  %s (%s)\n", address_text(card->extra[i]->address).s, name,
			card->extra[i]->driver[0] ? card->extra[i]->driver : "no driver");
	}
}

static struct libscols_table *new_table(void)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	/* No blanks at the ends of lines. */
	(void)scols_table_enable_minout(table, 1);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (!scols_table_new_column(table, columns[i].name, columns[i].width, columns[i].flags)) {
			scols_unref_table(table);
			return NULL;
		}
	}
	return table;
}

static int print_table(const struct inventory *inventory, const struct settings *settings, const struct notes *notes,
	struct names *names)
{
	struct libscols_table *table = new_table();
	struct card card;
	int r;

	if (!table)
		return -ENOMEM;
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		if (!function_is_display(&inventory->functions[i]))
			continue;
		card_describe(inventory, &inventory->functions[i], &card);
		add_card(table, names, &card, modes_find(settings, inventory, &card));
	}
	r = scols_table_is_empty(table) ? (puts("no graphics card on this host") < 0 ? -EIO : 0)
					: scols_print_table(table);
	scols_unref_table(table);
	for (unsigned int i = 0; i < inventory->n_functions && r >= 0; i++) {
		if (!function_is_display(&inventory->functions[i]))
			continue;
		card_describe(inventory, &inventory->functions[i], &card);
		print_neighbours(names, &card);
	}
	if (r >= 0)
		show_notes(notes);
	return r;
}

/* Large: on the heap. */
struct view {
	struct inventory inventory;
	struct settings settings;
	struct notes notes;
};

static int run_list(struct invocation *invocation, struct refusal *refusal)
{
	struct view *view = calloc(1, sizeof(*view));
	struct names *names = names_new();
	int r = view && names ? inventory_probe_displays(&invocation->host, &view->inventory) : -ENOMEM;

	if (r >= 0) {
		config_probe(&invocation->host, &view->settings);
		modes_add_notes(&view->settings, &view->inventory, &view->notes);
		r = (invocation->json ? print_json : print_table)(
			&view->inventory, &view->settings, &view->notes, names);
	}
	names_free(names);
	free(view);
	if (r < 0)
		return refusal_set(
			refusal, REFUSAL_STATE, "cannot list the cards of 'sys/bus/pci/devices': %s", strerror(-r));
	return 0;
}

const struct command command_list = {
	.name = "list",
	.help = "show the graphics cards and what shares their IOMMU groups",
	.options = OPTION_JSON | OPTION_SYSROOT,
	.run = run_list,
};
