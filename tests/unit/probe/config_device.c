// SPDX-License-Identifier: GPL-2.0-or-later
/* The sections of the configuration that are about one device each. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "probe/config.h"
#include "tests/unit/probe/probe.h"

static struct settings settings;

#define PLACE      "/etc/gpu-handoff.conf: "
#define WANTS_CARD " wants an address as 0000:01:00.0, a slot path as 0000:00:01.0/00.0, or ids as 10de:1f08"
#define WANTS_USB  " wants ids as 046d:c52b, or a port as 1-4.2"
#define TWICE      " is there twice; leave one of them"
#define NO_SETTING " is no setting of this version"
#define CARD       "[card 0000:01:00.0]\n"
#define S200                                                                                                           \
	"                                                                                                    "         \
	"                                                                                                    "

/* What a text says of devices, in short, and what is wrong with it. */
static const struct {
	const char *what, *text, *devices, *problem;
} rows[] = {
	{ "a card without a word", CARD, "01:00.0 shared", "" },
	{ "a card", CARD "mode = reserved\naccess = kvm\n", "01:00.0 reserved kvm", "" },
	{ "root", CARD "mode = kept-free\naccess = root\n", "01:00.0 kept-free", "" },
	{ "access alone", CARD "access = kvm\n", "01:00.0 shared kvm", "" },
	{ "a slot path", "[card 0000:00:01.0/00.0]\nmode = reserved\n", "0000:00:01.0/00.0 reserved", "" },
	{ "a long slot path", "[card 0000:00:01.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.1]\nmode = reserved\n",
		"0000:00:01.0/00.0/00.0/00.0/00.0/00.0/00.0/00.0/00.1 reserved", "" },
	{ "ids", "[card 10de:1f08]\nmode = reserved\n", "10de:1f08 reserved", "" },
	{ "blanks", "  [ card\t 0000:01:00.0 ] ; mine\nmode = reserved ; too\n", "01:00.0 reserved", "" },
	{ "CR LF and a mark", "\xef\xbb\xbf[card 0000:01:00.0]\r\nmode = reserved\r\n", "01:00.0 reserved", "" },
	{ "two", CARD "mode = reserved\n[card 0000:02:00.0]\nmode = kept-free\n", "01:00.0 reserved, 02:00.0 kept-free",
		"" },
	{ "an indented header is no value", CARD "mode = reserved\n  [card 0000:02:00.0]\nmode = shared\n",
		"01:00.0 reserved, 02:00.0 shared", "" },
	{ "a device", "[usb 046d:c52b]\ndomain = gpuvm\n", "046d:c52b -> gpuvm", "" },
	{ "a port", "[usb 1-4.2]\ndomain = gpu vm\n", "1-4.2 -> gpu vm", "" },
	{ "all", CARD "mode = reserved\n[usb 1-4.2]\ndomain = b\n[card 10de:1f08]\n[usb 046d:c52b]\ndomain = a\n",
		"01:00.0 reserved, 10de:1f08 shared, 1-4.2 -> b, 046d:c52b -> a", "" },

	{ "no key", "[card]\nmode = reserved\n", "", PLACE "[card]" WANTS_CARD },
	{ "no card", "[card nvidia]\nmode = reserved\n", "", PLACE "[card nvidia]" WANTS_CARD },
	{ "a bus", "[card 0000:01:00]\nmode = reserved\n", "", PLACE "[card 0000:01:00]" WANTS_CARD },
	{ "a name that steers", "[card \x1b[2J]\n", "", PLACE "[card ?[2J]" WANTS_CARD },
	{ "no mode", CARD "mode = mine\n", "",
		PLACE "'mode' of [card 0000:01:00.0] wants shared, kept-free or reserved" },
	{ "an empty mode", CARD "mode =\n", "",
		PLACE "'mode' of [card 0000:01:00.0] wants shared, kept-free or reserved" },
	{ "no access", CARD "access = users\n", "", PLACE "'access' of [card 0000:01:00.0] wants root or kvm" },
	{ "a key of none", CARD "mod = shared\n", "", PLACE "'mod' of [card 0000:01:00.0]" NO_SETTING },
	{ "a key of another", CARD "domain = a\n", "", PLACE "'domain' of [card 0000:01:00.0]" NO_SETTING },
	{ "a key twice", CARD "mode = shared\nmode = reserved\n", "", PLACE "'mode' of [card 0000:01:00.0]" TWICE },
	{ "over two lines", CARD "mode = reserved\n  shared\n", "", PLACE "'mode' of [card 0000:01:00.0]" TWICE },
	{ "a card twice", CARD "mode = shared\n[card 01:00.0]\nmode = reserved\n", "01:00.0 shared",
		PLACE "[card 01:00.0]" TWICE },
	{ "one after the other", CARD "mode = reserved\n" CARD "access = kvm\n", "01:00.0 reserved",
		PLACE "[card 0000:01:00.0]" TWICE },
	{ "no port", "[usb usb1]\ndomain = a\n", "", PLACE "[usb usb1]" WANTS_USB },
	{ "no domain", "[usb 1-4]\n", "", PLACE "'domain' of [usb 1-4] wants the name of a domain" },
	{ "an empty domain", "[usb 1-4]\ndomain =\n", "", PLACE "'domain' of [usb 1-4] wants the name of a domain" },
	{ "a path of a domain", "[usb 1-4]\ndomain = a/b\n", "",
		PLACE "'domain' of [usb 1-4] wants the name of a domain" },
	{ "a port twice", "[usb 1-4]\ndomain = a\n[usb 1-4]\ndomain = b\n", "1-4 -> a", PLACE "[usb 1-4]" TWICE },

	{ "the first is told, and the others count",
		"[card x]\nmode = reserved\n" CARD "mode = reserved\n[usb y]\n[usb 1-4]\ndomain = a\n",
		"01:00.0 reserved, 1-4 -> a", PLACE "[card x]" WANTS_CARD },
};

static void describe(char *said, size_t size)
{
	struct text text;

	text_init(&text, said, size);
	for (unsigned int i = 0; i < settings.cards.n_cards; i++) {
		const struct card_setting *card = &settings.cards.cards[i];

		text_add(&text, "%s", text.length ? ", " : "");
		if (card->key == KEY_ADDRESS)
			text_add(&text, "%s", address_text(card->address).s + strlen("0000:"));
		else if (card->key == KEY_PATH)
			text_add(&text, "%s", card->path.s);
		else
			text_add(&text, "%04x:%04x", card->vendor, card->device);
		text_add(&text, " %s%s", card_mode_name(card->mode), card->for_kvm ? " kvm" : "");
	}
	for (unsigned int i = 0; i < settings.usbs.n_usbs; i++) {
		const struct usb_setting *usb = &settings.usbs.usbs[i];

		text_add(&text, "%s", text.length ? ", " : "");
		if (usb->by_port)
			text_add(&text, "%s", usb->port);
		else
			text_add(&text, "%04x:%04x", usb->vendor, usb->product);
		text_add(&text, " -> %s", usb->domain);
	}
}

static void check(const char *what, const char *text, const char *devices, const char *problem)
{
	char said[4096];

	settings_init(&settings);
	config_parse(text, &settings);
	describe(said, sizeof(said));
	ck_assert_msg(strcmp(said, devices) == 0, "%s: '%s'", what, said);
	ck_assert_msg(strcmp(settings.device_problem, problem) == 0, "%s: '%s'", what, settings.device_problem);
}

START_TEST(test_row)
{
	check(rows[_i].what, rows[_i].text, rows[_i].devices, rows[_i].problem);
	/* Handovers do not mind. */
	ck_assert_str_eq(settings.policy.problem, "");
}
END_TEST

/* Of what is wrong with the file, devices get what is certain, and handovers are told. */
static const struct {
	const char *what, *text, *devices, *problem;
} files[] = {
	{ "a policy beside", CARD "mode = reserved\n[holders]\nwait = 3\nx = 1\n[usb 1-4]\ndomain = a\n",
		"01:00.0 reserved, 1-4 -> a", "'x' of [holders]" NO_SETTING },
	{ "another section", "[cards 0000:01:00.0]\nmode = reserved\n", "", "'mode' of [cards 0000:01:00.0]" },
	/* What comes after it is not of the section before it. */
	{ "a header without its end", CARD "access = kvm\n[card 0000:02:00.0\nmode = reserved\n", "01:00.0 shared kvm",
		"line 3 is neither" },
	{ "a long header", CARD "access = kvm\n[card 0000:02:00.0" S200 "]\nmode = reserved\n", "",
		"line 3 is longer than 198" },
	{ "a long line", CARD "mode = reserved" S200 ";\n[card 0000:02:00.0]\nmode = reserved\n", "02:00.0 reserved",
		"line 2 is longer than 198" },
	{ "neither", CARD "reserved\n[usb 1-4]\ndomain = a\n", "01:00.0 shared, 1-4 -> a", "line 2 is neither" },
};

START_TEST(test_file)
{
	check(files[_i].what, files[_i].text, files[_i].devices, "");
	ck_assert_msg(strstr(settings.policy.problem, files[_i].problem) != NULL, "%s: '%s'", files[_i].what,
		settings.policy.problem);
}
END_TEST

/* As many as there is room for, and one more. */
START_TEST(test_many)
{
	static char text[65 * 64];
	size_t n = 0;

	for (unsigned int i = 0; i < CARD_SETTINGS_MAX; i++)
		n += (size_t)sprintf(text + n, "[card 0000:%02x:00.0]\nmode = reserved\n", i);
	for (unsigned int i = 1; i <= USB_SETTINGS_MAX; i++)
		n += (size_t)sprintf(text + n, "[usb 1-%u]\ndomain = a\n", i);
	settings_init(&settings);
	config_parse(text, &settings);
	ck_assert_str_eq(settings.device_problem, "");
	ck_assert_uint_eq(settings.cards.n_cards, CARD_SETTINGS_MAX);
	ck_assert_uint_eq(settings.usbs.n_usbs, USB_SETTINGS_MAX);

	(void)sprintf(text + n, "[card 0000:ff:00.0]\n");
	settings_init(&settings);
	config_parse(text, &settings);
	ck_assert_str_eq(settings.device_problem, PLACE "[card 0000:ff:00.0] is one too many; 64 of a kind are read");
	(void)sprintf(text + n, "[usb 2-1]\ndomain = a\n");
	settings_init(&settings);
	config_parse(text, &settings);
	ck_assert_str_eq(settings.device_problem, PLACE "[usb 2-1] is one too many; 64 of a kind are read");
	ck_assert_uint_eq(settings.usbs.n_usbs, USB_SETTINGS_MAX);
}
END_TEST

/* The longest that can be said is still whole. */
START_TEST(test_long)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "[card %0150d]\n%0150d = 1\n", 0, 0);
	settings_init(&settings);
	config_parse(text, &settings);
	ck_assert_ptr_nonnull(strstr(settings.device_problem, "or ids as 10de:1f08"));
	(void)snprintf(text, sizeof(text), "[usb 1-4]\ndomain = a\n%0150d = 1\n", 0);
	settings_init(&settings);
	config_parse(text, &settings);
	ck_assert_ptr_nonnull(strstr(settings.device_problem, NO_SETTING));
}
END_TEST

TCase *case_config_device(void)
{
	TCase *tcase = suite_case("config_device");

	add_rows(tcase, test_row, rows);
	add_rows(tcase, test_file, files);
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_long);
	return tcase;
}
