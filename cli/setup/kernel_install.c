// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * setup: kernel-install(8), which makes an entry of systemd-boot for each kernel, with the words of
 * /etc/kernel/cmdline. Without that file it takes /usr/lib/kernel/cmdline, or what the running kernel was told. Reset
 * gives it those words as a file, has it make the entries, and then takes the file away: the kernel that runs then was
 * told ours as well.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/setup/loader.h"
#include "host/tool.h"
#include "probe/entries.h"
#include "probe/kernel_cmdline.h"
#include "probe/kernel_config.h"

#define FILE_NAME  "kernel/cmdline"
#define HAND       "put them at the end of '/etc/kernel/cmdline', and run 'kernel-install add VERSION IMAGE' for each kernel"
#define TOKEN_SIZE 128

/* A directory with a file for each kernel, named after the token and its version. */
struct place {
	int root;
	const char *directory;
};

#define PLACES 6

static void find_places(const struct host *host, struct place places[PLACES])
{
	const struct place all[PLACES] = {
		{ host->boot, "loader/entries" },
		{ host->boot, "efi/loader/entries" },
		{ host->efi, "loader/entries" },
		{ host->boot, "EFI/Linux" },
		{ host->boot, "efi/EFI/Linux" },
		{ host->efi, "EFI/Linux" },
	};

	memcpy(places, all, sizeof(all));
}

/* What the names of its entries begin with: what is configured, or the machine's id. */
static bool read_token(const struct host *host, char *ret, size_t size)
{
	if (attribute_read(host->etc, "kernel/entry-token", ret, size) <= 0 &&
		attribute_read(host->etc, "machine-id", ret, size) <= 0)
		return false;
	return !strchr(ret, '/') && !strchr(ret, '\n');
}

/* Whether a file is that of the kernel; NULL of any. Boot counting puts "+3" behind the version. */
static bool is_of(const char *name, const char *token, const char *version)
{
	size_t length = strlen(token);

	if (strncmp(name, token, length) != 0 || name[length] != '-')
		return false;
	if (!version)
		return true;
	name += length + 1;
	length = strlen(version);
	return strncmp(name, version, length) == 0 &&
	       (name[length] == '+' || strcmp(name + length, ".conf") == 0 || strcmp(name + length, ".efi") == 0);
}

static bool has_entry(const struct host *host, const char *token, const char *version)
{
	struct place places[PLACES];
	bool found = false;

	find_places(host, places);
	for (size_t i = 0; i < PLACES && !found; i++) {
		const struct dirent *file;
		DIR *list;

		if (beneath_list(places[i].root, places[i].directory, &list) < 0)
			continue;
		while (!found && (file = readdir(list)))
			found = is_of(file->d_name, token, version);
		(void)closedir(list);
	}
	return found;
}

static bool is_there(const struct host *host)
{
	char token[TOKEN_SIZE];

	return tool_is_there(host, "kernel-install") && read_token(host, token, sizeof(token)) &&
	       has_entry(host, token, NULL);
}

static int add_kernel(struct setup *setup, const struct host *host, const char *version, struct refusal *refusal)
{
	char command[SETUP_COMMAND_SIZE], path[NAME_MAX + sizeof("lib/modules//vmlinuz")];
	bool with_modules;

	(void)snprintf(path, sizeof(path), "lib/modules/%s/vmlinuz", version);
	with_modules = beneath_has(host->usr, path);
	if (!with_modules) {
		(void)snprintf(path, sizeof(path), "vmlinuz-%s", version);
		if (!beneath_has(host->boot, path))
			return 0;
	}
	(void)snprintf(command, sizeof(command), "kernel-install\tadd\t%s\t/%s/%s", version,
		with_modules ? "usr" : "boot", path);
	return setup_add_command(setup, command, command, refusal);
}

/* Those that have an entry: it makes no other. */
static int add_kernels(struct setup *setup, const struct host *host, struct refusal *refusal)
{
	const struct dirent *directory;
	char token[TOKEN_SIZE];
	DIR *list;
	int r = beneath_list(host->usr, "lib/modules", &list);

	if (r < 0)
		return refusal_set(refusal, REFUSAL_INPUT,
			"cannot list the kernels in '/usr/lib/modules': %s; nothing was changed", strerror(-r));
	(void)read_token(host, token, sizeof(token));
	while (r >= 0 && (directory = readdir(list))) {
		const char *name = directory->d_name;

		/* A word of a command line of ours. */
		if (name[0] != '.' && !strpbrk(name, "\t\n") && has_entry(host, token, name))
			r = add_kernel(setup, host, name, refusal);
	}
	(void)closedir(list);
	return r;
}

/* The file that is not there, as what it would be: that of the system's vendor, or what the running kernel was told. */
static int read_instead(const struct host *host, struct setup_content *ret)
{
	ssize_t n = attribute_read(host->usr, "lib/kernel/cmdline", ret->bytes, sizeof(ret->bytes));
	char running[CMDLINE_SIZE];

	ret->length = n < 0 ? 0 : (size_t)n;
	if (n != -ENOENT)
		return n < 0 ? (int)n : 0;
	(void)attribute_read(host->proc, "cmdline", running, sizeof(running));
	if (kernel_cmdline_from_running(running, ret->bytes, sizeof(ret->bytes)) < 0)
		return -E2BIG;
	ret->length = strlen(ret->bytes);
	return 0;
}

int boot_add_kernel_cmdline(
	struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	static struct setup_content before;
	static char content[SETUP_CONTENT_SIZE];
	unsigned int n = setup->n_files;
	struct cmdline_words missing;
	struct durable_owner owner;
	int r = setup_read(host, FILE_NAME, &before, &owner, refusal);

	if (r < 0)
		return r;
	if (!before.there && read_instead(host, &before) < 0)
		return boot_refuse(refusal, words, HAND,
			"what the kernel is told in the place of '/etc/" FILE_NAME "' cannot be read");
	missing = cmdline_missing(before.bytes, words);
	if (missing.n == 0)
		return 0;
	if (kernel_cmdline_add(before.bytes, cmdline_text(&missing).s, content, sizeof(content)) < 0)
		return boot_refuse(refusal, words, HAND, "'/etc/" FILE_NAME "' ends with a comment, or within quotes");
	r = setup_add_file(setup, host, FILE_NAME, content, refusal);
	if (r < 0 || setup->n_files == n || before.there)
		return r;
	setup->files[n].passing = true;
	setup->files[n].before = before;
	return 0;
}

/* A word of an entry that a new one would not have; kernel-install adds the machine's id by itself. */
static bool find_lost(const struct entries *entries, const char *cmdline, char *ret, size_t size)
{
	static const char own[] = "systemd.machine_id=";

	for (unsigned int i = 0; i < entries->n; i++) {
		const char *line = entries->entries[i].options, *word;
		size_t length;

		while (cmdline_next(&line, &word, &length)) {
			(void)snprintf(ret, size, "%.*s", (int)length, word);
			if (strncmp(ret, own, sizeof(own) - 1) != 0 && !cmdline_has(cmdline, ret))
				return true;
		}
	}
	return false;
}

/* An entry that somebody has edited would lose that. */
static int check_entries(
	const struct host *host, const char *cmdline, const struct cmdline_words *words, struct refusal *refusal)
{
	static struct entries entries;
	struct place places[PLACES];
	char token[TOKEN_SIZE], lost[512];
	const char *const prefixes[] = { token, NULL };

	if (!read_token(host, token, sizeof(token)))
		return 0;
	find_places(host, places);
	for (size_t i = 0; i < PLACES; i++) {
		if (entries_probe(places[i].root, places[i].directory, prefixes, &entries) == 0 &&
			find_lost(&entries, cmdline, lost, sizeof(lost)))
			return boot_refuse(refusal, words, HAND,
				"an entry of the boot loader has '%s', which '/etc/" FILE_NAME
				"' has not: it would lose that",
				lost);
	}
	return 0;
}

static int add(struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	unsigned int before = setup->n_files, n = setup->n_commands;
	int r = boot_add_kernel_cmdline(setup, host, words, refusal);

	if (r < 0 || setup->n_files == before)
		return r;
	r = check_entries(host, setup->files[before].after.bytes, words, refusal);
	if (r < 0)
		return r;
	r = add_kernels(setup, host, refusal);
	if (r >= 0 && setup->n_commands == n)
		return boot_refuse(
			refusal, words, HAND, "no kernel of the boot loader's entries is in '/usr/lib/modules'");
	return r;
}

const struct boot_words boot_kernel_install = {
	.name = "systemd-boot with kernel-install",
	.started_by = STARTED_BY(LOADER_SYSTEMD_BOOT),
	.is_there = is_there,
	.add = add,
};
