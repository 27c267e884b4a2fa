// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/occupancy.h"

#include <stddef.h>
#include <string.h>

/* include/drm/drm_file.h of the kernel: DRM_MAJOR */
#define DRM_MAJOR 226

const struct function_activity *occupancy_activity(const struct occupancy *occupancy, struct address address)
{
	static const struct function_activity none;
	const struct function *function = inventory_find(&occupancy->functions, address);

	return function ? &occupancy->activity.functions[function - occupancy->functions.functions] : &none;
}

bool occupancy_has_drm(const struct occupancy *occupancy, struct address address)
{
	for (unsigned int i = 0; i < occupancy->nodes.n_nodes; i++) {
		const struct node *node = &occupancy->nodes.nodes[i];

		if (!node->block && node->major == DRM_MAJOR && address_compare(node->owner, address) == 0)
			return true;
	}
	return false;
}

static bool has_node(const struct holder *holder, unsigned int index)
{
	return node_set_has(&holder->opened, index) || node_set_has(&holder->mapped, index);
}

/* systemd-logind keeps a console free for a getty by having it open (ReserveVT= of logind.conf(5)): nobody is there. */
static bool is_reserved(const struct holder *holder, const struct node *node)
{
	return node->reach == NODE_CONSOLE && holder->unit.kind == UNIT_SERVICE &&
	       strcmp(holder->unit.name, "systemd-logind.service") == 0;
}

const struct node *occupancy_find_node(
	const struct occupancy *occupancy, const struct holder *holder, struct address address)
{
	for (unsigned int i = 0; i < occupancy->nodes.n_nodes; i++) {
		const struct node *node = &occupancy->nodes.nodes[i];

		if (node->reach != NODE_SHARED && address_compare(node->owner, address) == 0 && has_node(holder, i) &&
			!is_reserved(holder, node))
			return node;
	}
	return NULL;
}

bool occupancy_suspects(const struct occupancy *occupancy, const struct holder *holder)
{
	for (unsigned int i = 0; i < occupancy->nodes.n_nodes; i++) {
		if (occupancy->nodes.nodes[i].reach == NODE_SHARED && has_node(holder, i))
			return true;
	}
	return holder->dma_buf;
}

bool occupancy_is_held(const struct occupancy *occupancy, struct address address)
{
	for (unsigned int i = 0; i < occupancy->holders.n_holders; i++) {
		if (occupancy_find_node(occupancy, &occupancy->holders.holders[i], address))
			return true;
	}
	return false;
}

const struct persistence *occupancy_find_persistence(const struct occupancy *occupancy, struct address address)
{
	for (unsigned int i = 0; i < occupancy->n_persistences; i++) {
		if (address_compare(occupancy->persistences[i].address, address) == 0)
			return &occupancy->persistences[i];
	}
	return NULL;
}

/* People choose the names of their own units: no longer one than leaves room in a sentence for who else is in it. */
#define UNIT_SHOWN_MAX 80

static void describe_unit(struct text *text, const char *name)
{
	char shown[UNIT_SHOWN_MAX + 1] = "";

	memcpy(shown, name, strnlen(name, UNIT_SHOWN_MAX));
	text_add_foreign(text, shown);
	if (strlen(name) > UNIT_SHOWN_MAX)
		text_add(text, "...");
}

void holder_describe(struct text *text, const struct holder *holder)
{
	text_add_foreign(text, holder->command);
	text_add(text, " (pid %d", (int)holder->pid);
	if (holder->unit.kind == UNIT_CONTAINER)
		text_add(text, ", container");
	else if (holder->unit.kind == UNIT_NONE)
		text_add(text, ", user %u", holder->uid);
	else
		text_add(text, ",");
	if (holder->unit.name[0]) {
		text_add(text, " ");
		describe_unit(text, holder->unit.name);
	}
	text_add(text, ")");
}
