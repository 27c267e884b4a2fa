// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/mode.h"

#include <errno.h>
#include <string.h>

#include "model/ids.h"

static const char *const modes[] = {
	[MODE_SHARED] = "shared",
	[MODE_KEPT_FREE] = "kept-free",
	[MODE_RESERVED] = "reserved",
};

const char *card_mode_name(enum card_mode mode)
{
	return modes[mode];
}

int card_mode_parse(const char *name, enum card_mode *ret)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i], name) == 0) {
			*ret = (enum card_mode)i;
			return 0;
		}
	}
	return -EINVAL;
}

int card_setting_parse_key(const char *text, struct card_setting *ret)
{
	struct card_setting setting = { .mode = MODE_SHARED };

	if (address_parse(text, &setting.address) == 0)
		setting.key = KEY_ADDRESS;
	else if (slot_path_parse(text, &setting.path) == 0)
		setting.key = KEY_PATH;
	else if (ids_parse(text, &setting.vendor, &setting.device) == 0)
		setting.key = KEY_IDS;
	else
		return -EINVAL;
	*ret = setting;
	return 0;
}

bool card_setting_same_key(const struct card_setting *a, const struct card_setting *b)
{
	if (a->key != b->key)
		return false;
	switch (a->key) {
	case KEY_ADDRESS:
		return address_compare(a->address, b->address) == 0;
	case KEY_PATH:
		return strcmp(a->path.s, b->path.s) == 0;
	case KEY_IDS:
	default:
		return a->vendor == b->vendor && a->device == b->device;
	}
}

static bool has_ids(const struct function *gpu, const struct card_setting *setting)
{
	return gpu->vendor == setting->vendor && gpu->device == setting->device;
}

static bool is_about(const struct card_setting *setting, const struct card *card)
{
	if (setting->key == KEY_IDS)
		return has_ids(card->gpu, setting);
	for (unsigned int i = 0; i < card->n_functions; i++) {
		const struct function *function = card->functions[i];

		if (setting->key == KEY_ADDRESS ? address_compare(function->address, setting->address) == 0
						: strcmp(function->slot_path.s, setting->path.s) == 0)
			return true;
	}
	return false;
}

/* Whether it means another card as well. */
static bool is_ambiguous(const struct card_setting *setting, const struct inventory *inventory, const struct card *card)
{
	for (unsigned int i = 0; setting->key == KEY_IDS && i < inventory->n_functions; i++) {
		const struct function *other = &inventory->functions[i];

		if (other != card->gpu && function_is_display(other) && has_ids(other, setting))
			return true;
	}
	return false;
}

int card_settings_find(const struct card_settings *settings, const struct inventory *inventory, const struct card *card,
	const struct card_setting **ret)
{
	const struct card_setting *found = NULL;

	for (unsigned int i = 0; i < settings->n_cards; i++) {
		if (!is_about(&settings->cards[i], card))
			continue;
		if (found)
			return -EEXIST;
		found = &settings->cards[i];
	}
	if (!found)
		return 0;
	if (is_ambiguous(found, inventory, card))
		return -ENOTUNIQ;
	*ret = found;
	return 1;
}

bool card_settings_want_all(const struct card_settings *settings)
{
	for (unsigned int i = 0; i < settings->n_cards; i++) {
		if (settings->cards[i].key == KEY_IDS)
			return true;
	}
	return false;
}
