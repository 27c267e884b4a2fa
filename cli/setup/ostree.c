// SPDX-License-Identifier: GPL-2.0-or-later
/* setup: rpm-ostree(1) of Silverblue and its kin: the kernel's words belong to a deployment of the whole system. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/setup/loader.h"
#include "host/tool.h"

#define DIRECTORY "loader/entries"
#define PREFIX    "ostree-"
#define HAND      "run 'rpm-ostree kargs --append=WORD' as root, for each of them"

static bool is_there(const struct host *host)
{
	return beneath_has(host->run, "ostree-booted");
}

/*
 * What rpm-ostree changes is the deployment that is booted next, whose entry has the highest number: the others are
 * older ones. Leaves that one.
 */
static void keep_next(struct entries *entries)
{
	unsigned int next = 0;
	long highest = -1;

	for (unsigned int i = 0; i < entries->n; i++) {
		long number = strtol(entries->entries[i].name + strlen(PREFIX), NULL, 10);

		if (number > highest) {
			highest = number;
			next = i;
		}
	}
	if (entries->n > 1 && next > 0)
		entries->entries[0] = entries->entries[next];
	entries->n = entries->n > 0;
}

static int add(struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	static const char *const prefixes[] = { PREFIX, NULL };
	char run[SETUP_COMMAND_SIZE], undo[SETUP_COMMAND_SIZE];
	struct text run_text, undo_text;
	static struct entries entries;
	struct cmdline_words missing;
	int r;

	if (!tool_is_there(host, "rpm-ostree"))
		return boot_refuse(refusal, words, "put them where this system has the kernel's words",
			"this host is a deployment of ostree, and there is no rpm-ostree");
	r = boot_read_entries(host, DIRECTORY, prefixes, words, HAND, &entries, refusal);
	if (r < 0)
		return r;
	keep_next(&entries);
	r = boot_find_missing(&entries, words, HAND, &missing, refusal);
	if (r < 0 || missing.n == 0)
		return r;
	text_init(&run_text, run, sizeof(run));
	text_init(&undo_text, undo, sizeof(undo));
	text_add(&run_text, "rpm-ostree\tkargs");
	text_add(&undo_text, "rpm-ostree\tkargs");
	for (unsigned int i = 0; i < missing.n; i++) {
		text_add(&run_text, "\t--append-if-missing=%s", missing.words[i]);
		text_add(&undo_text, "\t--delete-if-present=%s", missing.words[i]);
	}
	return setup_add_command(setup, run, undo, refusal);
}

const struct boot_words boot_ostree = {
	.name = "rpm-ostree",
	.started_by = STARTED_BY_ANY,
	.is_there = is_there,
	.add = add,
};
