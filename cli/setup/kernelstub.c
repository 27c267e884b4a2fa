// SPDX-License-Identifier: GPL-2.0-or-later
/* setup: kernelstub of Pop!_OS, which keeps the kernel's words and writes the entries of systemd-boot. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/setup/loader.h"
#include "host/tool.h"

#define DIRECTORY "efi/loader/entries"
#define PREFIX    "Pop_OS-"
#define HAND      "run 'kernelstub -a \"WORDS\"' as root, with them"

/* Its own; that of the recovery partition is not. */
static const char *const prefixes[] = { PREFIX, NULL };

static bool is_there(const struct host *host)
{
	return tool_is_there(host, "kernelstub") && beneath_has(host->etc, "kernelstub/configuration");
}

/*
 * What it was told: of an entry's options all but the two that it puts before them. Returns the text, or NULL when the
 * entry is none that it has made.
 */
static const char *skip_own(const char *options)
{
	const char *word;
	size_t length;

	if (!cmdline_next(&options, &word, &length) || strncmp(word, "root=UUID=", strlen("root=UUID=")) != 0)
		return NULL;
	if (!cmdline_next(&options, &word, &length) || length != strlen("ro") || memcmp(word, "ro", length) != 0)
		return NULL;
	return options + strspn(options, " ");
}

/* The entry of the kernel that is booted by default, or NULL. */
static const struct entry *find_current(const struct entries *entries)
{
	for (unsigned int i = 0; i < entries->n; i++) {
		if (strcmp(entries->entries[i].name, PREFIX "current.conf") == 0)
			return &entries->entries[i];
	}
	return NULL;
}

/* All words of the line but these. Returns whether they fit. */
static bool take_out(const char *line, const char *words, struct text *out)
{
	const char *word;
	size_t length;
	bool first = true;

	while (cmdline_next(&line, &word, &length)) {
		char copy[CMDLINE_SIZE];

		(void)snprintf(copy, sizeof(copy), "%.*s", (int)length, word);
		if (cmdline_has(words, copy))
			continue;
		text_add(out, "%s%s", first ? "" : " ", copy);
		first = false;
	}
	return !out->cut;
}

int boot_kernelstub_undo(
	const struct host *host, const char *words, char ret[SETUP_COMMAND_SIZE], struct refusal *refusal)
{
	static struct entries entries;
	const struct entry *current;
	const char *options = NULL;
	struct text text;

	entries.n = 0;
	(void)entries_probe(host->boot, DIRECTORY, prefixes, &entries);
	current = find_current(&entries);
	options = current ? skip_own(current->options) : NULL;
	text_init(&text, ret, SETUP_COMMAND_SIZE);
	text_add(&text, "kernelstub\t-o\t");
	if (options && take_out(options, words, &text))
		return 0;
	return refusal_set(refusal, REFUSAL_STATE,
		"cannot tell the options of '/boot/" DIRECTORY "/" PREFIX
		"current.conf'; run 'kernelstub' as root, which "
		"writes it, and then 'gpu-handoff reset' again");
}

/* Whether what undoes it can be told, and is short enough. */
static bool can_undo(const struct host *host, const struct cmdline_words *words)
{
	char undo[SETUP_COMMAND_SIZE];
	struct refusal refusal;

	return boot_kernelstub_undo(host, cmdline_text(words).s, undo, &refusal) == 0;
}

static int add(struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	char run[SETUP_COMMAND_SIZE], undo[SETUP_COMMAND_SIZE];
	static struct entries entries;
	struct cmdline_words missing;
	int r = boot_read_entries(host, DIRECTORY, prefixes, words, HAND, &entries, refusal);

	if (r < 0)
		return r;
	r = boot_find_missing(&entries, words, HAND, &missing, refusal);
	if (r < 0 || missing.n == 0)
		return r;
	if (!can_undo(host, &missing))
		return boot_refuse(refusal, words, HAND,
			"'/boot/" DIRECTORY "/" PREFIX "current.conf' is not as kernelstub writes it, or too long");
	(void)snprintf(run, sizeof(run), "kernelstub\t-a\t%s", cmdline_text(&missing).s);
	(void)snprintf(undo, sizeof(undo), "kernelstub\t-d\t%s", cmdline_text(&missing).s);
	return setup_add_command(setup, run, undo, refusal);
}

const struct boot_words boot_kernelstub = {
	.name = "systemd-boot with kernelstub",
	.started_by = STARTED_BY(LOADER_SYSTEMD_BOOT),
	.is_there = is_there,
	.add = add,
};
