// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether each [card] section is about one card, and the card is as its mode wants it. */
#include <errno.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/doctor/doctor.h"

struct finding_text card_section(const struct card_setting *setting)
{
	switch (setting->key) {
	case KEY_ADDRESS:
		return finding_text("[card %s]", address_text(setting->address).s);
	case KEY_PATH:
		return finding_text("[card %s]", setting->path.s);
	case KEY_IDS:
		break;
	}
	return finding_text("[card %04x:%04x]", setting->vendor, setting->device);
}

/* What one section would be about if it were the only one: as card_settings_find(). */
static int find_alone(const struct doctor *doctor, const struct card_setting *setting, const struct card *card)
{
	const struct card_settings alone = { .n_cards = 1, .cards = { *setting } };
	const struct card_setting *found;

	return card_settings_find(&alone, &doctor->inventory, card, &found);
}

/* The next display function from index on whose card the section is about, or could be. Returns false at the end. */
static bool find_next(const struct doctor *doctor, const struct card_setting *setting, unsigned int *index,
	struct card *ret, int *ret_answer)
{
	for (; *index < doctor->inventory.n_functions; ++*index) {
		const struct function *function = &doctor->inventory.functions[*index];

		if (!function_is_display(function))
			continue;
		card_describe(&doctor->inventory, function, ret);
		*ret_answer = find_alone(doctor, setting, ret);
		if (*ret_answer != 0) {
			++*index;
			return true;
		}
	}
	return false;
}

bool doctor_find_card(const struct doctor *doctor, const struct card_setting *setting, struct card *ret)
{
	unsigned int index = 0;
	int answer;

	return find_next(doctor, setting, &index, ret, &answer) && answer > 0;
}

static void report_twins(struct doctor *doctor, const struct card_setting *setting)
{
	struct finding_text names, names_exact;
	struct text list, exact;
	unsigned int index = 0;
	struct card card;
	int answer;

	text_init(&list, names.s, sizeof(names.s));
	text_init(&exact, names_exact.s, sizeof(names_exact.s));
	while (find_next(doctor, setting, &index, &card, &answer)) {
		text_add(&list, "%s%s", list.length ? " and " : "", address_text(card.gpu->address).s);
		text_add(&exact, "%s[card %s]", exact.length ? " or " : "", card_name(&card).s);
	}
	doctor_report(doctor, FINDING_FAIL, card_section(setting).s,
		finding_text("name the one that is meant in /etc/gpu-handoff.conf, as %s", names_exact.s).s,
		"%s are shared: all of them have these ids, so it is about none of them", names.s);
}

static void look_section(struct doctor *doctor, const struct card_setting *setting)
{
	struct finding_text section = card_section(setting);
	const struct card_setting *found;
	unsigned int index = 0;
	struct card card;
	int answer;

	if (!find_next(doctor, setting, &index, &card, &answer)) {
		doctor_report(doctor, FINDING_WARN, section.s,
			"unless that card is plugged in later, name one that 'gpu-handoff list' shows, or take the "
			"section out",
			"this host has no such card");
	} else if (answer < 0) {
		report_twins(doctor, setting);
	} else if (card_settings_find(&doctor->settings.cards, &doctor->inventory, &card, &found) == -EEXIST) {
		doctor_report(doctor, FINDING_FAIL, section.s, "keep one of them",
			"%s is shared: another section is about it as well, so neither counts",
			address_text(card.gpu->address).s);
	} else if (setting->mode == MODE_RESERVED) {
		doctor_look_reserved(doctor, section.s, &card);
	} else if (setting->mode == MODE_KEPT_FREE) {
		doctor_look_kept_free(doctor, section.s, &card);
	} else {
		doctor_report(doctor, FINDING_PASS, section.s, NULL, "%s is shared: nothing keeps anybody off it",
			address_text(card.gpu->address).s);
	}
}

static void look_sections(struct doctor *doctor)
{
	const struct card_settings *settings = &doctor->settings.cards;

	if (settings->n_cards == 0)
		doctor_report(doctor, FINDING_PASS, "cards", NULL, "no section is about one, so all are shared");
	for (unsigned int i = 0; i < settings->n_cards; i++)
		look_section(doctor, &settings->cards[i]);
	doctor_look_shared(doctor);
}

const struct check check_sections = { .name = "sections", .look = look_sections };
