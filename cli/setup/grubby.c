// SPDX-License-Identifier: GPL-2.0-or-later
/* setup: grubby(8) of Fedora and its kin, which changes all entries of the boot loader, and those of kernels to come.
 */
#include <stdio.h>
#include <string.h>

#include "cli/setup/loader.h"
#include "host/tool.h"

#define DIRECTORY "loader/entries"
#define HAND      "run 'grubby --update-kernel=ALL --args=WORDS' as root, with them"

static bool is_there(const struct host *host)
{
	return tool_is_there(host, "grubby") && beneath_has(host->boot, DIRECTORY);
}

/* An entry that has the name with another value: grubby would put ours into its place, and reset would remove both. */
static const struct entry *find_other(const struct entries *entries, const struct cmdline_words *missing)
{
	char name[64];

	for (unsigned int w = 0; w < missing->n; w++) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(missing->words[w], "="), missing->words[w]);
		for (unsigned int i = 0; i < entries->n; i++) {
			if (cmdline_has_name(entries->entries[i].options, name))
				return &entries->entries[i];
		}
	}
	return NULL;
}

/* The last first: those of 2018 look for "iommu=" within words, and would find it in "intel_iommu=on". */
static struct cmdline_words turn_around(const struct cmdline_words *words)
{
	struct cmdline_words turned = { .n = words->n };

	for (unsigned int i = 0; i < words->n; i++)
		turned.words[i] = words->words[words->n - 1 - i];
	return turned;
}

static int add(struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	char run[SETUP_COMMAND_SIZE], undo[SETUP_COMMAND_SIZE];
	static struct entries entries;
	const struct entry *other;
	struct cmdline_words missing;
	int r = boot_read_entries(host, DIRECTORY, NULL, words, HAND, &entries, refusal);

	if (r < 0)
		return r;
	r = boot_find_missing(&entries, words, HAND, &missing, refusal);
	if (r < 0 || missing.n == 0)
		return r;
	other = find_other(&entries, &missing);
	if (other)
		return boot_refuse(refusal, &missing, HAND,
			"'/boot/" DIRECTORY "/%s' has one of the words with another value", other->name);
	missing = turn_around(&missing);
	(void)snprintf(run, sizeof(run), "grubby\t--update-kernel=ALL\t--args=%s", cmdline_text(&missing).s);
	(void)snprintf(undo, sizeof(undo), "grubby\t--update-kernel=ALL\t--remove-args=%s", cmdline_text(&missing).s);
	return setup_add_command(setup, run, undo, refusal);
}

const struct boot_words boot_grubby = {
	.name = "GRUB with grubby",
	.started_by = STARTED_BY(LOADER_GRUB),
	.is_there = is_there,
	.add = add,
};
