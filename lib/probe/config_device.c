// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/config_device.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "probe/config_text.h"

static int set_mode(struct device_section *section, const char *value)
{
	return card_mode_parse(value, &section->card.mode);
}

static int set_access(struct device_section *section, const char *value)
{
	section->card.for_kvm = strcmp(value, "kvm") == 0;
	return section->card.for_kvm || strcmp(value, "root") == 0 ? 0 : -EINVAL;
}

static int set_domain(struct device_section *section, const char *value)
{
	return usb_setting_set_domain(&section->usb, value);
}

static int name_card(struct device_section *section, const char *key)
{
	return card_setting_parse_key(key, &section->card);
}

static int name_usb(struct device_section *section, const char *key)
{
	return usb_setting_parse_key(key, &section->usb);
}

static int add_card(struct settings *settings, const struct device_section *section)
{
	struct card_settings *cards = &settings->cards;

	for (unsigned int i = 0; i < cards->n_cards; i++) {
		if (card_setting_same_key(&cards->cards[i], &section->card))
			return -EEXIST;
	}
	if (cards->n_cards == CARD_SETTINGS_MAX)
		return -E2BIG;
	cards->cards[cards->n_cards++] = section->card;
	return 0;
}

static int add_usb(struct settings *settings, const struct device_section *section)
{
	struct usb_settings *usbs = &settings->usbs;

	for (unsigned int i = 0; i < usbs->n_usbs; i++) {
		if (usb_setting_same_key(&usbs->usbs[i], &section->usb))
			return -EEXIST;
	}
	if (usbs->n_usbs == USB_SETTINGS_MAX)
		return -E2BIG;
	usbs->usbs[usbs->n_usbs++] = section->usb;
	return 0;
}

#define KEYS_MAX 2

static const struct device_kind {
	const char *word; /* the first of the section */
	const char *wants;
	int (*name)(struct device_section *section, const char *key);
	int (*add)(struct settings *settings, const struct device_section *section);
	struct {
		const char *name, *wants;
		int (*set)(struct device_section *section, const char *value);
		bool needed;
	} keys[KEYS_MAX];
} kinds[] = {
	{ "card", "an address as 0000:01:00.0, a slot path as 0000:00:01.0/00.0, or ids as 10de:1f08", name_card,
		add_card,
		{ { "mode", "shared, kept-free or reserved", set_mode, false },
			{ "access", "root or kvm", set_access, false } } },
	{ "usb", "ids as 046d:c52b, or a port as 1-4.2", name_usb, add_usb,
		{ { "domain", "the name of a domain", set_domain, true } } },
};

/* The first problem is told; the section is left out either way. */
static void complain(
	struct device_section *section, struct settings *settings, const char *key, const char *what, const char *wants)
{
	struct text text;

	section->wrong = true;
	if (settings->device_problem[0])
		return;
	text_init(&text, settings->device_problem, sizeof(settings->device_problem));
	config_add_place(&text, section->name, key);
	text_add(&text, " %s%s", what, wants);
}

static const struct device_kind *find_kind(const char *name)
{
	size_t length = strcspn(name, " \t");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].word) == length && strncmp(kinds[i].word, name, length) == 0)
			return &kinds[i];
	}
	return NULL;
}

bool device_section_begin(struct device_section *section, const char *name, struct settings *settings)
{
	const char *key = name + strcspn(name, " \t");

	*section = (struct device_section){ .kind = find_kind(name) };
	if (!section->kind)
		return false;
	section->name = name;
	if (section->kind->name(section, key + strspn(key, " \t")) < 0)
		complain(section, settings, NULL, "wants ", section->kind->wants);
	return true;
}

void device_section_set(struct device_section *section, const char *key, const char *value, struct settings *settings)
{
	for (unsigned int i = 0; i < KEYS_MAX && section->kind->keys[i].name; i++) {
		if (strcmp(section->kind->keys[i].name, key) != 0)
			continue;
		if (section->said & 1u << i)
			complain(section, settings, key, "is there twice; leave one of them", "");
		else if (!value || section->kind->keys[i].set(section, value) < 0)
			complain(section, settings, key, "wants ", section->kind->keys[i].wants);
		section->said |= 1u << i;
		return;
	}
	complain(section, settings, key, "is no setting of this version", "");
}

void device_section_end(struct device_section *section, struct settings *settings)
{
	const struct device_kind *kind = section->kind;
	int r;

	if (!section->name)
		return;
	for (unsigned int i = 0; i < KEYS_MAX && kind->keys[i].name; i++) {
		if (kind->keys[i].needed && !(section->said & 1u << i))
			complain(section, settings, kind->keys[i].name, "wants ", kind->keys[i].wants);
	}
	r = section->wrong ? 0 : kind->add(settings, section);
	if (r == -EEXIST)
		complain(section, settings, NULL, "is there twice; leave one of them", "");
	else if (r < 0)
		complain(section, settings, NULL, "is one too many; 64 of a kind are read", "");
	section->name = NULL;
}
