// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/modes.h"

#include <errno.h>

enum card_mode modes_find(const struct settings *settings, const struct inventory *inventory, const struct card *card)
{
	const struct card_setting *setting;

	return card_settings_find(&settings->cards, inventory, card, &setting) == 1 ? setting->mode : MODE_SHARED;
}

/* A function of it that a driver of the host has, or NULL. */
static const struct function *find_hosted(const struct card *card)
{
	for (unsigned int i = 0; i < card->n_functions; i++) {
		if (card->functions[i]->driver[0] && !function_is_vfio(card->functions[i]))
			return card->functions[i];
	}
	return NULL;
}

static void add_note(const struct settings *settings, const struct inventory *inventory, const struct card *card,
	struct notes *notes)
{
	const struct function *gpu = card->gpu, *hosted = find_hosted(card);
	const struct address_text address = address_text(gpu->address);
	const struct card_setting *setting;
	int r = card_settings_find(&settings->cards, inventory, card, &setting);

	if (r == -ENOTUNIQ)
		notes_add(notes,
			"'%s' is shared: another card has its ids %04x:%04x as well; name the one that is meant in "
			"/etc/gpu-handoff.conf, this one as [card %s]",
			address.s, gpu->vendor, gpu->device, card_name(card).s);
	else if (r == -EEXIST)
		notes_add(notes,
			"'%s' is shared: two sections of /etc/gpu-handoff.conf are about it, so neither counts; keep "
			"one of them",
			address.s);
	else if (r == 1 && setting->mode == MODE_RESERVED && hosted)
		notes_add(notes,
			"'%s' is reserved, but %s has '%s'; 'gpu-handoff doctor' says what to do, and until then "
			"'gpu-handoff detach %s' takes it",
			address.s, hosted->driver, address_text(hosted->address).s, address.s);
}

void modes_add_notes(const struct settings *settings, const struct inventory *inventory, struct notes *notes)
{
	struct card card;

	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		if (!function_is_display(&inventory->functions[i]))
			continue;
		card_describe(inventory, &inventory->functions[i], &card);
		add_note(settings, inventory, &card, notes);
	}
	if (settings->device_problem[0])
		notes_add(notes, "%s", settings->device_problem);
}
