/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: what doctor looks at of every card but the screens of management controllers, one const struct for each look,
 * each in a file of its own. A look reports at most one finding of a card, and of a recorded machine what it tells.
 */
#pragma once

#include "cli/doctor/doctor.h"
#include "cli/names.h"
#include "model/occupancy.h"

struct card_look {
	struct doctor *doctor;
	const struct card *card;
	const char *subject;               /* its address and its name */
	struct names *names;               /* of others */
	const struct occupancy *occupancy; /* who uses the cards; NULL where that is not told */
};

struct card_check {
	const char *name; /* one word, for programs */
	void (*look)(const struct card_look *look);
};

extern const struct card_check card_check_isolation, card_check_vmd, card_check_virtual, card_check_reset,
	card_check_power, card_check_bars, card_check_framebuffer, card_check_screen, card_check_driver,
	card_check_holders, card_check_twins;

/*
 * As doctor_report(). What would fail is a warning where nobody may want to give the card away: the processor's own
 * graphics.
 */
__attribute__((format(printf, 4, 5))) void card_report(
	const struct card_look *look, enum finding_result result, const char *remedy, const char *reason, ...);

/*
 * "0000:01:00.0, 0000:01:00.1 and 3 more": functions of the inventory, as many as a line has room for; a few with their
 * names, where names is not NULL.
 */
struct finding_text card_list(struct names *names, const struct function *const *functions, unsigned int n);

/* ---- why cards share their groups: bridges.c ---- */

/* Why the card shares its group with the others, as the end of a sentence after a colon; "" when that is not told. */
struct finding_text bridges_explain(const struct card_look *look);

/* ---- who uses the cards: holders.c ---- */

/* What the looks compare with, freed by free(3); NULL where it is not told. */
struct occupancy *holders_gather(struct doctor *doctor);
