// SPDX-License-Identifier: GPL-2.0-or-later
#include "udev/intents.h"

#include "model/card.h"
#include "probe/config.h"
#include "probe/inventory.h"

int intents_probe(const struct host *host, struct intents *ret)
{
	const struct card_settings *cards = &ret->settings.cards;
	bool wanted = false;

	ret->inventory.n_functions = 0;
	config_probe(host, &ret->settings);
	for (unsigned int i = 0; i < cards->n_cards; i++)
		wanted = wanted || cards->cards[i].mode != MODE_SHARED;
	return wanted ? inventory_probe_displays(host, &ret->inventory) : 0;
}

enum card_mode intents_find(const struct intents *intents, struct address address)
{
	const struct card_setting *setting;
	struct card card;

	if (!card_find(&intents->inventory, address, &card) ||
		card_settings_find(&intents->settings.cards, &intents->inventory, &card, &setting) <= 0)
		return MODE_SHARED;
	return setting->mode;
}
