// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * setup: mkinitcpio(8) of Arch where it makes a unified kernel image, with the words of /etc/kernel/cmdline in it.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/setup/loader.h"
#include "host/tool.h"

#define HAND "put them where mkinitcpio has the kernel's words, and run 'mkinitcpio -P' as root"

static bool ends_with(const char *name, const char *ending)
{
	size_t length = strlen(name), wanted = strlen(ending);

	return name[0] != '.' && length > wanted && strcmp(name + length - wanted, ending) == 0;
}

/* default_uki="/efi/EFI/Linux/arch-linux.efi" */
static bool has_image(const struct host *host, const char *preset)
{
	char path[NAME_MAX + sizeof("mkinitcpio.d/")], text[4096], line[256];
	const char *rest = text;

	(void)snprintf(path, sizeof(path), "mkinitcpio.d/%s", preset);
	if (attribute_read(host->etc, path, text, sizeof(text)) <= 0)
		return false;
	while (text_take_line(&rest, line, sizeof(line))) {
		if (line[0] != '#' && strstr(line, "_uki="))
			return true;
	}
	return false;
}

/* Whether a directory below /etc has a file of that kind which is looked for. */
static bool has_file(const struct host *host, const char *directory, const char *ending,
	bool (*look)(const struct host *host, const char *name))
{
	const struct dirent *file;
	bool found = false;
	DIR *list;

	if (beneath_list(host->etc, directory, &list) < 0)
		return false;
	while (!found && (file = readdir(list)))
		found = ends_with(file->d_name, ending) && (!look || look(host, file->d_name));
	(void)closedir(list);
	return found;
}

static bool is_there(const struct host *host)
{
	return tool_is_there(host, "mkinitcpio") && has_file(host, "mkinitcpio.d", ".preset", has_image);
}

static int add(struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	unsigned int before = setup->n_files;
	int r;

	/* Which of the two counts depends on its version. */
	if (has_file(host, "cmdline.d", ".conf", NULL))
		return boot_refuse(refusal, words, HAND, "the kernel's words are in files of '/etc/cmdline.d'");
	if (!beneath_has(host->etc, "kernel/cmdline"))
		return boot_refuse(refusal, words, HAND, "there is no '/etc/kernel/cmdline'");
	r = boot_add_kernel_cmdline(setup, host, words, refusal);
	if (r < 0 || setup->n_files == before)
		return r;
	return setup_add_command(setup, "mkinitcpio\t-P", "mkinitcpio\t-P", refusal);
}

const struct boot_words boot_mkinitcpio = {
	.name = "unified kernel images of mkinitcpio",
	.started_by = STARTED_BY(LOADER_SYSTEMD_BOOT),
	.is_there = is_there,
	.add = add,
};
