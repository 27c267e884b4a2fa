// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * setup: GRUB, by grub-mkconfig. Debian's reads /etc/default/grub.d/NAME.cfg as well, and there a file of our own is
 * the whole change; elsewhere it is a line of /etc/default/grub.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "cli/setup/loader.h"
#include "host/tool.h"
#include "probe/grub.h"

#define DEFAULTS "default/grub"
#define DROPIN   "default/grub.d/gpu-handoff.cfg"
#define HAND                                                                                                           \
	"put them into " GRUB_VARIABLE " of '/etc/default/grub', at the end between its quotes, and run what "         \
	"makes 'grub.cfg' anew, as root"

static const char *const makers[] = { "grub-mkconfig", "grub2-mkconfig" };

/* What makes grub.cfg anew: Debian's own name for it, or the program with the place of the file. NULL without one. */
static const char *find_command(const struct host *host)
{
	if (tool_is_there(host, "update-grub"))
		return "update-grub";
	if (tool_is_there(host, "grub2-mkconfig") && beneath_has(host->boot, "grub2/grub.cfg"))
		return "grub2-mkconfig\t-o\t/boot/grub2/grub.cfg";
	if (tool_is_there(host, "grub-mkconfig") && beneath_has(host->boot, "grub/grub.cfg"))
		return "grub-mkconfig\t-o\t/boot/grub/grub.cfg";
	return NULL;
}

static bool is_there(const struct host *host)
{
	return (beneath_has(host->boot, "grub/grub.cfg") || beneath_has(host->boot, "grub2/grub.cfg")) &&
	       beneath_has(host->etc, DEFAULTS) && find_command(host);
}

/* It is a shell script, and names every file that it reads. */
static bool reads_dropins(const struct host *host)
{
	static char script[64 * 1024];
	char path[64];

	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		(void)snprintf(path, sizeof(path), "sbin/%s", makers[i]);
		if (attribute_read(host->usr, path, script, sizeof(script)) <= 0) {
			(void)snprintf(path, sizeof(path), "bin/%s", makers[i]);
			(void)attribute_read(host->usr, path, script, sizeof(script));
		}
		if (strstr(script, "/default/grub.d"))
			return true;
	}
	return false;
}

/* Those that /etc/default/grub has not got already, as far as it can be read. */
static struct cmdline_words find_missing(const char *defaults, const struct cmdline_words *words)
{
	static const char *const variables[] = { GRUB_VARIABLE, "GRUB_CMDLINE_LINUX" };
	struct cmdline_words missing = *words;
	char value[CMDLINE_SIZE];

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (grub_read(defaults, variables[i], value, sizeof(value)) == 1)
			missing = cmdline_missing(value, &missing);
	}
	return missing;
}

static int add_dropin(
	struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	char content[1024];

	(void)snprintf(content, sizeof(content),
		"# Made by 'gpu-handoff setup'; 'gpu-handoff reset' removes it.\n" GRUB_VARIABLE "=\"${" GRUB_VARIABLE
		"} %s\"\n",
		cmdline_text(words).s);
	return setup_add_file(setup, host, DROPIN, content, refusal);
}

static int add_line(struct setup *setup, const struct host *host, const char *defaults,
	const struct cmdline_words *words, struct refusal *refusal)
{
	static char content[SETUP_CONTENT_SIZE];
	int r = grub_add(defaults, cmdline_text(words).s, content, sizeof(content));

	if (r < 0)
		return boot_refuse(refusal, words, HAND, "'/etc/default/grub' has %s",
			r == -ENOENT     ? "no " GRUB_VARIABLE
			: r == -ENOTUNIQ ? "several times " GRUB_VARIABLE
					 : "more than plain assignments, or one that a shell has to work out");
	return setup_add_file(setup, host, DEFAULTS, content, refusal);
}

static int add(struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal)
{
	static struct setup_content defaults;
	const char *command = find_command(host);
	unsigned int before = setup->n_files;
	struct cmdline_words missing;
	struct durable_owner owner;
	bool dropins = reads_dropins(host);
	int r = setup_read(host, DEFAULTS, &defaults, &owner, refusal);

	if (r < 0)
		return r;
	if (grub_is_set(defaults.bytes, "GRUB_ENABLE_BLSCFG"))
		return boot_refuse(refusal, words, "run 'grubby --update-kernel=ALL --args=WORDS' as root, with them",
			"GRUB takes its entries from '/boot/loader/entries' here, and there is no grubby, which "
			"changes them");
	missing = find_missing(defaults.bytes, words);
	if (missing.n == 0)
		return 0;
	r = dropins ? add_dropin(setup, host, &missing, refusal)
		    : add_line(setup, host, defaults.bytes, &missing, refusal);
	if (r < 0 || setup->n_files == before)
		return r;
	return setup_add_command(setup, command, command, refusal);
}

const struct boot_words boot_grub = {
	.name = "GRUB",
	.started_by = STARTED_BY(LOADER_GRUB),
	.is_there = is_there,
	.add = add,
};
