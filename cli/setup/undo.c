// SPDX-License-Identifier: GPL-2.0-or-later
/* setup: what undoes a command now. Of some it depends on what the host has, which somebody may have changed since. */
#include <string.h>

#include "base/text.h"
#include "cli/setup/carry.h"
#include "cli/setup/loader.h"
#include "probe/accounts.h"

/* gpasswd -d USER GROUP: somebody who is no member cannot be taken out of a group. */
static bool is_member(const struct host *host, char *rest)
{
	const char *user, *group;

	(void)strsep(&rest, "\t");
	user = strsep(&rest, "\t");
	group = strsep(&rest, "\t");
	return !user || !group || accounts_is_member(host, group, user) != 0;
}

int undo_find(const struct host *host, const struct setup_command *command, char ret[SETUP_COMMAND_SIZE],
	struct refusal *refusal)
{
	char words[SETUP_COMMAND_SIZE], *rest = words;
	const char *tool;

	(void)text_copy(words, sizeof(words), command->undo);
	(void)text_copy(ret, SETUP_COMMAND_SIZE, command->undo);
	tool = strsep(&rest, "\t");
	if (strcmp(tool, "gpasswd") == 0 && !is_member(host, rest))
		ret[0] = '\0';
	if (strcmp(tool, "kernelstub") == 0)
		return boot_kernelstub_undo(host, strrchr(command->undo, '\t') + 1, ret, refusal);
	return 0;
}
