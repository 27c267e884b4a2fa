// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/setup/loader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Before those that would write the same files for others. */
static const struct boot_words *const loaders[] = {
	&boot_ostree,
	&boot_kernelstub,
	&boot_kernel_install,
	&boot_mkinitcpio,
	&boot_grubby,
	&boot_grub,
	&boot_entries,
};
#define N_LOADERS (sizeof(loaders) / sizeof(loaders[0]))

int boot_refuse(
	struct refusal *refusal, const struct cmdline_words *words, const char *what_to_do, const char *why, ...)
{
	char reason[512], clean[512];
	struct text text;
	va_list list;

	va_start(list, why);
	(void)vsnprintf(reason, sizeof(reason), why, list);
	va_end(list);
	text_init(&text, clean, sizeof(clean));
	text_add_foreign(&text, reason);
	return refusal_set(refusal, REFUSAL_INPUT,
		"%s; nothing was changed. Give the kernel these words yourself: '%s': %s; then reboot", clean,
		cmdline_text(words).s, what_to_do);
}

int boot_read_entries(const struct host *host, const char *directory, const char *const prefixes[],
	const struct cmdline_words *words, const char *what_to_do, struct entries *ret, struct refusal *refusal)
{
	int r = entries_probe(host->boot, directory, prefixes, ret);

	return r < 0 ? boot_refuse(refusal, words, what_to_do, "cannot read the entries in '/boot/%s': %s", directory,
			       strerror(-r))
		     : 0;
}

int boot_find_missing(const struct entries *entries, const struct cmdline_words *words, const char *what_to_do,
	struct cmdline_words *ret, struct refusal *refusal)
{
	int r = entries->n ? entries_missing(entries, words, ret) : -ENOENT;

	if (r == -ENOENT)
		return boot_refuse(refusal, words, what_to_do, "the boot loader has no entry that can be read");
	if (r == -EINVAL)
		return boot_refuse(
			refusal, words, what_to_do, "the boot loader's entries take their options from elsewhere");
	if (r < 0)
		return boot_refuse(refusal, words, what_to_do,
			"some of the boot loader's entries have one of the words already, and others have not");
	return 0;
}

static int refuse_unknown(struct refusal *refusal, const struct cmdline_words *words)
{
	return boot_refuse(refusal, words, "put them behind what it is told already, where your boot loader has that",
		"this host's boot loader is none that is known");
}

int boot_add_words(
	struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	const struct boot_words *found = NULL;
	char cmdline[CMDLINE_SIZE];
	enum loader loader;

	if (words->n == 0)
		return 0;
	if (beneath_has(host->etc, "kernel/proxmox-boot-uuids"))
		return boot_refuse(refusal, words,
			"put them into '/etc/kernel/cmdline', or GRUB_CMDLINE_LINUX_DEFAULT of '/etc/default/grub' "
			"where "
			"GRUB starts it, and run 'proxmox-boot-tool refresh' as root",
			"proxmox-boot-tool keeps the boot loaders of this host");
	(void)attribute_read(host->proc, "cmdline", cmdline, sizeof(cmdline));
	loader = loader_probe(host, cmdline);
	for (size_t i = 0; i < N_LOADERS; i++) {
		if ((loader != LOADER_UNKNOWN && !(loaders[i]->started_by & STARTED_BY(loader))) ||
			!loaders[i]->is_there(host))
			continue;
		if (!found)
			found = loaders[i];
		else if (!(found->started_by & loaders[i]->started_by))
			return boot_refuse(refusal, words, "put them where the one has them that starts this host",
				"this host has %s and %s, and neither says that it has started the kernel", found->name,
				loaders[i]->name);
	}
	return found ? found->add(setup, host, words, refusal) : refuse_unknown(refusal, words);
}
