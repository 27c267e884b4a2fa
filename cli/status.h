/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: where every card is and who uses it, and what VMs have of CPUs and memory; gathered once, shown as text or JSON.
 */
#pragma once

#include <json-c/json.h>

#include "apply/journal.h"
#include "cli/command.h"
#include "cli/resources.h"
#include "host/names.h"
#include "model/card.h"
#include "model/inventory.h"
#include "model/notes.h"
#include "model/occupancy.h"
#include "model/policy.h"

/* Where a card is. */
enum place {
	PLACE_HOST,     /* with its driver, or with none */
	PLACE_DOMAIN,   /* a domain has it */
	PLACE_DETACHED, /* a person has taken it from its drivers */
	PLACE_MOVING,   /* a handover is at work, or was interrupted */
	PLACE_POISONED, /* its driver has not let go of it */
};

#define STATUS_CARDS_MAX 64

/* What a journal says of a card. */
struct stay {
	struct address gpu;
	enum place place;
	char owner[DOMAIN_NAME_SIZE]; /* a stranger's text: the domain; of a poisoned one what was asked of it */
	time_t since;                 /* 0: not told */
	bool recorded;                /* a journal names it */
};

struct status {
	const struct host *host;
	struct names *names;
	struct inventory inventory;
	struct occupancy occupancy;
	bool journals_hidden; /* others than root cannot read them */
	unsigned int n_cards;
	struct stay stays[STATUS_CARDS_MAX];
	struct settings settings;
	struct notes notes;
	struct resources resources;
};

/* host, domain, detached, moving, poisoned */
const char *place_name(enum place place);

/* Whether the process has a node of one of the card's functions, itself or through all GPUs' nodes. */
bool status_holds(const struct status *status, const struct card *card, const struct holder *holder);
bool status_suspects(const struct status *status, const struct card *card, const struct holder *holder);

/* Whether the process has the node of that number open or mapped, and it leads to the card, be it to all others as
 * well. */
bool status_has_node(
	const struct status *status, const struct card *card, const struct holder *holder, unsigned int index);

/* When a process started. */
time_t status_started(const struct holder *holder);

json_object *status_describe(const struct status *status);
