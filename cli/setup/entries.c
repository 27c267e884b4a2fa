// SPDX-License-Identifier: GPL-2.0-or-later
/* setup: entries of systemd-boot that a person has written: whoever did knows which of them are for what. */
#include <stdio.h>

#include "base/text.h"
#include "cli/setup/loader.h"

/* Where the partition of the boot loader may be. */
struct place {
	int root;
	const char *directory, *path;
};

#define PLACES 3

static void find_places(const struct host *host, struct place places[PLACES])
{
	places[0] = (struct place){ host->boot, "loader/entries", "/boot/loader/entries" };
	places[1] = (struct place){ host->boot, "efi/loader/entries", "/boot/efi/loader/entries" };
	places[2] = (struct place){ host->efi, "loader/entries", "/efi/loader/entries" };
}

static bool is_there(const struct host *host)
{
	struct place places[PLACES];

	find_places(host, places);
	for (size_t i = 0; i < PLACES; i++) {
		if (beneath_has(places[i].root, places[i].directory))
			return true;
	}
	return false;
}

static int add(struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	struct cmdline_words missing = *words;
	static struct entries entries;
	struct place places[PLACES];
	char todo[512] = "";
	struct text text;

	(void)setup;
	text_init(&text, todo, sizeof(todo));
	text_add(&text, "at the end of the line 'options' of ");
	find_places(host, places);
	for (size_t i = 0; i < PLACES; i++) {
		if (entries_probe(places[i].root, places[i].directory, NULL, &entries) < 0 || entries.n == 0)
			continue;
		if (entries_missing(&entries, words, &missing) == 0 && missing.n == 0)
			return 0;
		for (unsigned int n = 0; n < entries.n; n++) {
			text_add(&text, "%s'%s/", n ? ", " : "", places[i].path);
			text_add_foreign(&text, entries.entries[n].name);
			text_add(&text, "'");
		}
		break;
	}
	return boot_refuse(refusal, words, todo, "the entries of systemd-boot here are made by no tool that is known");
}

const struct boot_words boot_entries = {
	.name = "systemd-boot",
	.started_by = STARTED_BY(LOADER_SYSTEMD_BOOT),
	.is_there = is_there,
	.add = add,
};
