// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: every card, one after the other, with all that is looked at of it. */
#include "cli/doctor/cards.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

#define LIST_MAX  16
#define NAMED_MAX 3

/* In the order in which they look. */
static const struct card_check *const looks[] = {
	&card_check_isolation,
	&card_check_vmd,
	&card_check_virtual,
	&card_check_reset,
	&card_check_power,
	&card_check_bars,
	&card_check_framebuffer,
	&card_check_screen,
	&card_check_driver,
	&card_check_holders,
	&card_check_twins,
};

void card_report(const struct card_look *look, enum finding_result result, const char *remedy, const char *reason, ...)
{
	bool stays = look->card->kind == CARD_INTEGRATED;
	char buffer[FINDING_TEXT_SIZE];
	va_list list;

	va_start(list, reason);
	(void)vsnprintf(buffer, sizeof(buffer), reason, list);
	va_end(list);
	doctor_report(look->doctor, stays && result == FINDING_FAIL ? FINDING_WARN : result, look->subject, remedy,
		"%s", buffer);
}

static void add_function(struct text *text, struct names *names, const struct function *function)
{
	char name[CARD_NAME_SIZE];

	text_add(text, "%s", address_text(function->address).s);
	if (!names)
		return;
	name_device(names, function, name);
	text_add(text, " %s", name);
}

struct finding_text card_list(struct names *names, const struct function *const *functions, unsigned int n)
{
	/* One more than fit is as long as "and 1 more". */
	unsigned int shown = n > LIST_MAX + 1 ? LIST_MAX : n;
	struct finding_text ret = { "" };
	struct text text;

	text_init(&text, ret.s, sizeof(ret.s));
	for (unsigned int i = 0; i < shown; i++) {
		text_add(&text, "%s", i == 0 ? "" : i + 1 == n ? " and " : ", ");
		add_function(&text, n <= NAMED_MAX ? names : NULL, functions[i]);
	}
	if (shown < n)
		text_add(&text, " and %u more", n - shown);
	return ret;
}

static void look_card(struct card_look *look)
{
	const char *check = look->doctor->check;

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		look->doctor->check = looks[i]->name;
		looks[i]->look(look);
	}
	look->doctor->check = check;
}

static void look_cards(struct doctor *doctor)
{
	struct occupancy *occupancy = holders_gather(doctor);
	struct names *names = names_new();
	char name[CARD_NAME_SIZE];
	struct card card;

	for (unsigned int i = 0; names && i < doctor->inventory.n_functions; i++) {
		struct card_look look = { .doctor = doctor, .card = &card, .names = names, .occupancy = occupancy };
		struct finding_text subject;

		if (!function_is_display(&doctor->inventory.functions[i]))
			continue;
		card_describe(&doctor->inventory, &doctor->inventory.functions[i], &card);
		if (card.kind == CARD_BMC)
			continue;
		name_device(names, card.gpu, name);
		subject = finding_text("%s %s", address_text(card.gpu->address).s, name);
		look.subject = subject.s;
		look_card(&look);
	}
	names_free(names);
	free(occupancy);
}

const struct check check_cards = { .name = "cards", .look = look_cards };
