// SPDX-License-Identifier: GPL-2.0-or-later
/* config_parse(): settings within their bounds, or a sentence that says why they cannot be followed. */
#include "probe/config.h"
#include "tests/fuzz/fuzz.h"

static void promise_policy(const struct policy *policy)
{
	PROMISE(policy->action == HOLDERS_REFUSE || policy->action == HOLDERS_STOP);
	PROMISE(policy->wait_s <= POLICY_WAIT_MAX_S);
	PROMISE(policy->has_action || policy->action == HOLDERS_REFUSE);
	PROMISE(policy->has_wait || policy->wait_s == POLICY_WAIT_DEFAULT_S);
	PROMISE(policy->overlap == OVERLAP_REFUSE || policy->overlap == OVERLAP_WARN);
	PROMISE(policy->has_isolate || !policy->isolate);
	PROMISE(policy->has_overlap || policy->overlap == OVERLAP_REFUSE);
	PROMISE(policy->has_allocate || !policy->allocate);
	PROMISE(memchr(policy->governor, '\0', sizeof(policy->governor)));
	PROMISE(strspn(policy->governor, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(policy->governor));
	PROMISE(policy->has_governor == (policy->governor[0] != '\0'));
	promise_printable(policy->problem, sizeof(policy->problem));
	/* A whole sentence. */
	PROMISE(strlen(policy->problem) < sizeof(policy->problem) - 1);
}

/* Names of services, each once: no path, no space, nothing that systemd would not take. */
static void promise_restarted(const struct settings *settings)
{
	PROMISE(settings->n_restarted >= 2 && settings->n_restarted <= SETTINGS_RESTARTED_MAX);
	for (unsigned int i = 0; i < settings->n_restarted; i++) {
		const char *unit = settings->restarted[i];

		promise_printable(unit, sizeof(settings->restarted[i]));
		PROMISE(strlen(unit) > strlen(".service") && !strpbrk(unit, "/ \t;'\"*"));
		PROMISE(strcmp(unit + strlen(unit) - strlen(".service"), ".service") == 0);
		for (unsigned int j = 0; j < i; j++)
			PROMISE(strcmp(settings->restarted[j], unit) != 0);
	}
}

/* Sections that are whole, each key once; and the sentence about another is whole as well. */
static void promise_cards(const struct card_settings *cards)
{
	PROMISE(cards->n_cards <= CARD_SETTINGS_MAX);
	for (unsigned int i = 0; i < cards->n_cards; i++) {
		const struct card_setting *card = &cards->cards[i];
		struct slot_path path;

		PROMISE(card->key == KEY_ADDRESS || card->key == KEY_PATH || card->key == KEY_IDS);
		PROMISE(card->mode <= MODE_RESERVED);
		PROMISE((card->key == KEY_PATH) == (card->path.s[0] != '\0'));
		if (card->key == KEY_PATH)
			PROMISE(slot_path_parse(card->path.s, &path) == 0 && strcmp(path.s, card->path.s) == 0);
		for (unsigned int j = 0; j < i; j++)
			PROMISE(!card_setting_same_key(&cards->cards[j], card));
	}
}

static void promise_usbs(const struct usb_settings *usbs)
{
	PROMISE(usbs->n_usbs <= USB_SETTINGS_MAX);
	for (unsigned int i = 0; i < usbs->n_usbs; i++) {
		const struct usb_setting *usb = &usbs->usbs[i];

		PROMISE(memchr(usb->domain, '\0', sizeof(usb->domain)) && usb->domain[0]);
		PROMISE(!strpbrk(usb->domain, "/\n\r\t\x1b"));
		PROMISE(usb->by_port == (usb->port[0] != '\0'));
		PROMISE(strspn(usb->port, "0123456789-.") == strlen(usb->port));
		for (unsigned int j = 0; j < i; j++)
			PROMISE(!usb_setting_same_key(&usbs->usbs[j], usb));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings settings, again;
	char *text = fuzz_string(data, size);

	settings_init(&settings);
	config_parse(text, &settings);
	promise_policy(&settings.policy);
	promise_restarted(&settings);
	promise_cards(&settings.cards);
	promise_usbs(&settings.usbs);
	promise_printable(settings.device_problem, sizeof(settings.device_problem));
	PROMISE(strlen(settings.device_problem) < sizeof(settings.device_problem) - 1);
	/* What one text says does not depend on the texts before it. */
	settings_init(&again);
	config_parse(text, &again);
	PROMISE(settings.policy.action == again.policy.action && settings.policy.wait_s == again.policy.wait_s);
	PROMISE(strcmp(settings.policy.problem, again.policy.problem) == 0);
	PROMISE(settings.n_restarted == again.n_restarted);
	PROMISE(memcmp(&settings.cards, &again.cards, sizeof(again.cards)) == 0);
	PROMISE(memcmp(&settings.usbs, &again.usbs, sizeof(again.usbs)) == 0);
	PROMISE(strcmp(settings.device_problem, again.device_problem) == 0);
	free(text);
	return 0;
}
