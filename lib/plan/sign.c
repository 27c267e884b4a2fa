// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/sign.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* So many are named in a sentence. */
#define NAMED_MAX 3

/* Who has what every GPU shares, as far as the sentence goes. */
static void name_suspects(struct text *text, const struct occupancy *occupancy)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < occupancy->holders.n_holders; i++) {
		const struct holder *holder = &occupancy->holders.holders[i];

		if (!occupancy_suspects(occupancy, holder) || n++ >= NAMED_MAX)
			continue;
		text_add(text, n > 1 ? ", " : "; it may be ");
		holder_describe(text, holder);
	}
}

static bool is_nvidia(const struct function *function)
{
	return strcmp(function->driver, NVIDIA_DRIVER) == 0;
}

static int refuse_activity(
	const struct function *function, const struct occupancy *occupancy, const char *fact, struct refusal *refusal)
{
	char names[512];
	struct text text;

	text_init(&text, names, sizeof(names));
	name_suspects(&text, occupancy);
	if (!is_nvidia(function))
		return refusal_set(refusal, REFUSAL_HELD,
			"'%s' %s, although no process has it open%s; end what uses it",
			address_text(function->address).s, fact, names);
	return refusal_set(refusal, REFUSAL_HELD,
		"'%s' %s, although no process has it open%s; end what uses it, and persistence mode with "
		"'nvidia-smi -i %s -pm 0'",
		address_text(function->address).s, fact, names, address_text(function->address).s);
}

int sign_check_generation(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal)
{
	const struct nvidia *nvidia = &occupancy->nvidia;

	if (!is_nvidia(function) || !occupancy_has_drm(occupancy, function->address) ||
		nvidia_drm_references(nvidia) != NVIDIA_REFERENCES_KEPT)
		return 0;
	return refusal_set(refusal, REFUSAL_DRIVER,
		"'%s' cannot be unbound alone: nvidia_drm of driver %u.%02u with modeset=1 never lets go of a card; "
		"set nvidia_drm.modeset=0, unload nvidia_drm, or install driver 580.105 or later",
		address_text(function->address).s, nvidia->version.major, nvidia->version.minor);
}

static bool has_suspects(const struct occupancy *occupancy)
{
	for (unsigned int i = 0; i < occupancy->holders.n_holders; i++) {
		if (occupancy_suspects(occupancy, &occupancy->holders.holders[i]))
			return true;
	}
	return false;
}

/* A client whose descriptor no process has: it is on its way from one to another. */
static int check_clients(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal)
{
	for (unsigned int i = 0; i < occupancy->activity.n_clients; i++) {
		const struct client *client = &occupancy->activity.clients[i];

		if (client->kind == CLIENT_DRM && address_compare(client->owner, function->address) == 0)
			return refuse_activity(function, occupancy, "has a DRM client", refusal);
	}
	return 0;
}

/* Whether who has a node open of a card whose number the driver did not tell may have this one. */
static bool may_be_open(const struct occupancy *occupancy, struct address address)
{
	bool open = false;

	for (unsigned int i = 0; i < occupancy->nodes.n_nodes; i++) {
		const struct node *node = &occupancy->nodes.nodes[i];

		if (node->block || node->major != NVIDIA_MAJOR || node->minor > NVIDIA_MINOR_MAX)
			continue;
		if (node->reach == NODE_DIRECT && address_compare(node->owner, address) == 0)
			return false;
		for (unsigned int j = 0; node->reach == NODE_SHARED && j < occupancy->holders.n_holders; j++) {
			const struct holder *holder = &occupancy->holders.holders[j];

			open = open || node_set_has(&holder->opened, i) || node_set_has(&holder->mapped, i);
		}
	}
	return open;
}

/* Whether somebody has what may hold any card in the kernel: nvidia-modeset, or a dma-buf. */
static bool may_be_held(const struct occupancy *occupancy)
{
	for (unsigned int i = 0; i < occupancy->holders.n_holders; i++) {
		const struct holder *holder = &occupancy->holders.holders[i];

		if (holder->dma_buf)
			return true;
		for (unsigned int j = 0; j < occupancy->nodes.n_nodes; j++) {
			const struct node *node = &occupancy->nodes.nodes[j];

			if (!node->block && node->major == NVIDIA_MAJOR && node->minor == NVIDIA_MINOR_MODESET &&
				(node_set_has(&holder->opened, j) || node_set_has(&holder->mapped, j)))
				return true;
		}
	}
	return false;
}

/*
 * What nvidia_drm's own references explain, where remove() drops them: then vectors tell nothing of others. Where a
 * wrong guess costs the card until the next reboot, there is none.
 */
static int check_explained(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal)
{
	const char *why = NULL;
	char names[512];
	struct text text;

	if (may_be_open(occupancy, function->address))
		why = "may be open, for its driver does not tell its number";
	else if (nvidia_generation_loses_puts(&occupancy->nvidia) && may_be_held(occupancy))
		why = "may be held through nvidia-modeset or a dma-buf, which this driver would never let go of";
	if (!why)
		return 0;
	text_init(&text, names, sizeof(names));
	name_suspects(&text, occupancy);
	return refusal_set(refusal, REFUSAL_HELD, "'%s' %s%s; end what uses NVIDIA's cards",
		address_text(function->address).s, why, names);
}

int sign_check(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal)
{
	const struct function_activity *activity = occupancy_activity(occupancy, function->address);
	const struct nvidia *nvidia = &occupancy->nvidia;
	char fact[64];
	int r;

	r = check_clients(function, occupancy, refusal);
	if (r < 0 || !is_nvidia(function))
		return r;
	/* Without MSI, no vectors are no sign that it is not the one. */
	if (activity->uvm == UVM_REGISTERED)
		return refuse_activity(function, occupancy, "is registered with UVM, for CUDA", refusal);
	if (activity->vectors == 0 && nvidia->msi != NVIDIA_YES && has_suspects(occupancy))
		return refuse_activity(function, occupancy,
			"may be in use: without MSI (EnableMSI of the nvidia driver) nothing tells", refusal);
	if (activity->uvm == UVM_UNKNOWN && (nvidia->msi != NVIDIA_YES || activity->vectors > 0))
		return refuse_activity(function, occupancy, "may be registered with UVM, for CUDA", refusal);
	if (activity->vectors == 0)
		return 0;
	/* nvidia_drm's own references do not hinder where remove() drops them. */
	if (occupancy_has_drm(occupancy, function->address) &&
		nvidia_drm_references(nvidia) == NVIDIA_REFERENCES_DROPPED)
		return check_explained(function, occupancy, refusal);
	(void)snprintf(fact, sizeof(fact), "is at work (%u interrupt vectors)", activity->vectors);
	return refuse_activity(function, occupancy, fact, refusal);
}
