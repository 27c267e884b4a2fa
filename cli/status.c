// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/status.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "apply/handover.h"
#include "base/text.h"
#include "cli/json.h"
#include "cli/modes.h"
#include "cli/names.h"
#include "cli/show.h"
#include "probe/config.h"
#include "probe/inventory.h"
#include "probe/occupancy.h"

static const char *const places[] = {
	[PLACE_HOST] = "host",
	[PLACE_DOMAIN] = "domain",
	[PLACE_DETACHED] = "detached",
	[PLACE_MOVING] = "moving",
	[PLACE_POISONED] = "poisoned",
};

const char *place_name(enum place place)
{
	return places[place];
}

bool status_holds(const struct status *status, const struct card *card, const struct holder *holder)
{
	for (unsigned int i = 0; i < card->n_functions; i++) {
		if (occupancy_find_node(&status->occupancy, holder, card->functions[i]->address))
			return true;
	}
	return false;
}

bool status_has_node(
	const struct status *status, const struct card *card, const struct holder *holder, unsigned int index)
{
	const struct node *node = &status->occupancy.nodes.nodes[index];

	if (!node_set_has(&holder->opened, index) && !node_set_has(&holder->mapped, index))
		return false;
	for (unsigned int i = 0; i < card->n_functions; i++) {
		if (address_compare(node->owner, card->functions[i]->address) == 0)
			return true;
	}
	return node->reach == NODE_SHARED;
}

bool status_suspects(const struct status *status, const struct card *card, const struct holder *holder)
{
	return strcmp(card->gpu->driver, NVIDIA_DRIVER) == 0 && !status_holds(status, card, holder) &&
	       occupancy_suspects(&status->occupancy, holder);
}

time_t status_started(const struct holder *holder)
{
	struct timespec now, up;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)clock_gettime(CLOCK_BOOTTIME, &up);
	return now.tv_sec - up.tv_sec + (time_t)(holder->start / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* ---- gathering ---- */

static enum place find_place(const struct journal *journal)
{
	if (journal->kind == JOURNAL_POISONED)
		return PLACE_POISONED;
	if (journal->state != JOURNAL_HELD)
		return PLACE_MOVING;
	return journal->kind == JOURNAL_DETACHED ? PLACE_DETACHED : PLACE_DOMAIN;
}

/* Whether the journal is about the card of that GPU: not when another one has come to its slot since. */
static bool is_about(const struct status *status, const struct journal *journal, struct address gpu)
{
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		const struct taken *taken = &journal->plan.taken[i];
		const struct function *function = inventory_find(&status->inventory, taken->address);

		if (address_same_slot(taken->address, gpu) &&
			!(function && taken_is_another(taken, function->identity)))
			return true;
	}
	return false;
}

static void note_journal(void *data, const struct journal *journal)
{
	struct status *status = data;
	enum place place = find_place(journal);

	resources_note(&status->resources, journal);
	for (unsigned int i = 0; i < status->n_cards; i++) {
		struct stay *stay = &status->stays[i];

		/* That a function is poisoned outweighs all else. */
		if (!is_about(status, journal, stay->gpu) || (stay->recorded && place != PLACE_POISONED))
			continue;
		stay->recorded = true;
		stay->place = place;
		stay->since = journal->changed;
		if (journal->kind == JOURNAL_POISONED)
			(void)snprintf(stay->owner, sizeof(stay->owner), "%s of %s", step_kind_name(journal->last.kind),
				address_text(journal->last.target).s);
		else
			(void)text_copy(stay->owner, sizeof(stay->owner), journal_owner_name(journal));
	}
}

static bool is_poisoned(const struct status *status, struct address address)
{
	for (unsigned int i = 0; i < status->n_cards; i++) {
		if (status->stays[i].place == PLACE_POISONED && address_same_slot(status->stays[i].gpu, address))
			return true;
	}
	return false;
}

/* The functions of the cards; of one that is poisoned nothing is asked. */
static int gather_functions(struct status *status)
{
	struct card card;
	int r = 0;

	for (unsigned int i = 0; i < status->n_cards && r == 0; i++) {
		if (!card_find(&status->inventory, status->stays[i].gpu, &card))
			continue;
		for (unsigned int j = 0; j < card.n_functions && r == 0; j++) {
			if (!is_poisoned(status, card.functions[j]->address))
				r = inventory_put(&status->occupancy.functions, card.functions[j]);
		}
	}
	return r;
}

static int gather(struct invocation *invocation, struct status *status, struct refusal *refusal)
{
	struct handover *handover = handover_new(&invocation->host, NULL);
	int r = handover ? inventory_probe_displays(&invocation->host, &status->inventory) : -ENOMEM;

	for (unsigned int i = 0; i < status->inventory.n_functions && status->n_cards < STATUS_CARDS_MAX; i++) {
		if (function_is_display(&status->inventory.functions[i]))
			status->stays[status->n_cards++].gpu = status->inventory.functions[i].address;
	}
	if (r >= 0)
		r = handover_look(handover, note_journal, status);
	status->journals_hidden = r == -EACCES;
	if (r == -EACCES)
		r = 0;
	resources_gather(&status->resources, &invocation->host);
	config_probe(&invocation->host, &status->settings);
	modes_add_notes(&status->settings, &status->inventory, &status->notes);
	if (r >= 0)
		r = gather_functions(status);
	if (r >= 0)
		r = occupancy_probe(&invocation->host, &status->occupancy);
	/* A recorded machine may be without processes. */
	if (r == -ENOENT && invocation->sysroot)
		r = 0;
	handover_free(handover);
	if (r >= 0)
		return 0;
	return refusal_set(refusal, REFUSAL_STATE, "cannot tell who uses the cards: %s",
		r == KERNEL_STUCK ? "the nvidia driver does not answer" : strerror(-r));
}

/* ---- text ---- */

static void print_time(char *text, size_t size, time_t when)
{
	struct tm local;

	text[0] = '\0';
	if (when && localtime_r(&when, &local))
		(void)strftime(text, size, "%Y-%m-%d %H:%M", &local);
}

static void print_place(const struct status *status, const struct card *card, const struct stay *stay)
{
	const struct nvidia_version *version = &status->occupancy.nvidia.version;
	char owner[DOMAIN_NAME_SIZE], since[32];
	struct text text;

	text_init(&text, owner, sizeof(owner));
	text_add_foreign(&text, stay->owner);
	print_time(since, sizeof(since), stay->since);
	switch (stay->place) {
	case PLACE_HOST:
		(void)printf(
			"  with the host, %s%s", card->gpu->driver[0] ? "driver " : "no driver", card->gpu->driver);
		if (strcmp(card->gpu->driver, NVIDIA_DRIVER) == 0 && version->major)
			(void)printf(" %u.%u.%02u", version->major, version->minor, version->patch);
		(void)printf("%s\n", status->journals_hidden ? " (run as root to see whether a VM has it)" : "");
		break;
	case PLACE_DOMAIN:
		(void)printf("  in VM '%s' since %s\n", owner, since);
		break;
	case PLACE_DETACHED:
		(void)printf("  detached since %s; 'gpu-handoff reattach' returns it\n", since);
		break;
	case PLACE_MOVING:
		(void)printf("  on its way from or to the host for '%s' since %s; 'gpu-handoff recover' ends what was "
			     "interrupted\n",
			owner, since);
		break;
	case PLACE_POISONED:
		(void)printf("  poisoned: %s had not returned at %s; 'gpu-handoff recover' brings it back once it has, "
			     "else a "
			     "reboot\n",
			owner, since);
		break;
	}
}

/* A node of several functions, a VFIO group's, is told of once. */
static bool is_repeated(const struct nodes *nodes, const struct card *card, unsigned int index)
{
	const struct node *node = &nodes->nodes[index];

	for (unsigned int i = 0; i < index; i++) {
		const struct node *other = &nodes->nodes[i];

		if (address_same_slot(other->owner, card->gpu->address) && other->block == node->block &&
			other->major == node->major && other->minor == node->minor)
			return true;
	}
	return false;
}

/* What of the card the process has: "/dev/nvidia0, /dev/dri/card1 (mapped)". */
static void list_nodes(
	const struct status *status, const struct card *card, const struct holder *holder, char *list, size_t size)
{
	struct text text;

	text_init(&text, list, size);
	for (unsigned int i = 0; i < status->occupancy.nodes.n_nodes; i++) {
		const struct node *node = &status->occupancy.nodes.nodes[i];

		if (status_has_node(status, card, holder, i) && !is_repeated(&status->occupancy.nodes, card, i))
			text_add(&text, "%s%s%s", text.length ? ", " : "", node->name,
				node_set_has(&holder->opened, i) ? "" : " (mapped)");
	}
	if (holder->dma_buf)
		text_add(&text, "%sa dma-buf", text.length ? ", " : "");
}

static void add_holder(
	struct libscols_table *table, const struct status *status, const struct card *card, const struct holder *holder)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[1024], unit[UNIT_NAME_SIZE + 16];
	const struct passwd *user = getpwuid(holder->uid);
	struct text safe;

	if (!line)
		return;
	(void)snprintf(text, sizeof(text), "%d", (int)holder->pid);
	(void)scols_line_set_data(line, 0, text);
	text_init(&safe, text, sizeof(text));
	text_add_foreign(&safe, holder->command);
	(void)scols_line_set_data(line, 1, text);
	(void)snprintf(text, sizeof(text), "%u", holder->uid);
	(void)scols_line_set_data(line, 2, user ? user->pw_name : text);
	text_init(&safe, unit, sizeof(unit));
	text_add(&safe, "%s", holder->unit.kind == UNIT_CONTAINER ? "container " : "");
	text_add_foreign(&safe, holder->unit.name[0] ? holder->unit.name : "-");
	(void)scols_line_set_data(line, 3, unit);
	print_time(text, sizeof(text), status_started(holder));
	(void)scols_line_set_data(line, 4, text);
	list_nodes(status, card, holder, text, sizeof(text));
	(void)scols_line_set_data(line, 5, text);
}

static void print_holders(const struct status *status, const struct card *card, const char *heading,
	bool (*choose)(const struct status *, const struct card *, const struct holder *))
{
	static const char *const columns[] = { "PID", "COMMAND", "USER", "UNIT", "SINCE", "THROUGH" };
	struct libscols_table *table = scols_new_table();
	char *text = NULL;

	if (!table)
		return;
	(void)scols_table_enable_minout(table, 1);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		(void)scols_table_new_column(table, columns[i], 0, i == 0 ? SCOLS_FL_RIGHT : 0);
	for (unsigned int i = 0; i < status->occupancy.holders.n_holders; i++) {
		const struct holder *holder = &status->occupancy.holders.holders[i];

		if (choose(status, card, holder))
			add_holder(table, status, card, holder);
	}
	if (!scols_table_is_empty(table) && scols_print_table_to_string(table, &text) == 0) {
		(void)printf("  %s\n", heading);
		for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
			if (*line)
				(void)printf("    %s\n", line);
		}
	}
	free(text);
	scols_unref_table(table);
}

static void print_signs(const struct status *status, const struct card *card)
{
	for (unsigned int i = 0; i < card->n_functions; i++) {
		struct address address = card->functions[i]->address;
		const struct function_activity *activity = occupancy_activity(&status->occupancy, address);

		if (strcmp(card->functions[i]->driver, NVIDIA_DRIVER) == 0 && activity->vectors)
			(void)printf("  its adapter is at work: %u interrupt vectors%s\n", activity->vectors,
				activity->uvm == UVM_REGISTERED ? ", registered with UVM" : "");
		for (unsigned int j = 0; j < status->occupancy.activity.n_uses; j++) {
			const struct use *use = &status->occupancy.activity.uses[j];

			if (address_compare(use->owner, address) == 0)
				(void)printf("  %s: %s\n", address_text(address).s, use->sentence);
		}
	}
}

static void print_mode(const struct status *status, const struct card *card)
{
	(void)printf("  %s", card_mode_name(modes_find(&status->settings, &status->inventory, card)));
	for (unsigned int i = 0; i < card->n_functions; i++)
		(void)printf("%s%s %s", i ? ", " : ": ", address_text(card->functions[i]->address).s,
			card_role_name(card_role(card, card->functions[i])));
	(void)puts("");
}

static void print_text(const struct status *status)
{
	char name[CARD_NAME_SIZE];
	struct card card;

	if (status->n_cards == 0)
		(void)puts("no graphics card on this host");
	for (unsigned int i = 0; i < status->n_cards; i++) {
		if (!card_find(&status->inventory, status->stays[i].gpu, &card))
			continue;
		name_device(status->names, card.gpu, name);
		(void)printf("%s%s  %s\n", i ? "\n" : "", address_text(card.gpu->address).s, name);
		print_place(status, &card, &status->stays[i]);
		print_mode(status, &card);
		print_signs(status, &card);
		print_holders(status, &card, "used by", status_holds);
		print_holders(status, &card, "perhaps used by, through nodes of all GPUs", status_suspects);
	}
	if (status->occupancy.holders.n_hidden)
		(void)printf("\n%u processes could not be looked at%s\n", status->occupancy.holders.n_hidden,
			geteuid() ? "; run it as root" : "");
	resources_print(&status->resources);
	show_notes(&status->notes);
}

static int run_status(struct invocation *invocation, struct refusal *refusal)
{
	struct status *status = calloc(1, sizeof(*status));
	struct names *names = names_new();
	int r;

	if (!status || !names) {
		r = refusal_set(refusal, REFUSAL_STATE, "there is no memory for the status");
	} else {
		status->host = &invocation->host;
		status->names = names;
		r = gather(invocation, status, refusal);
		if (r >= 0 && invocation->json)
			r = json_print(status_describe(status));
		else if (r >= 0)
			print_text(status);
	}
	names_free(names);
	free(status);
	return r;
}

const struct command command_status = {
	.name = "status",
	.help = "show where each card is, who uses it, and what VMs have of CPUs and memory",
	.options = OPTION_JSON | OPTION_SYSROOT,
	.run = run_status,
};
