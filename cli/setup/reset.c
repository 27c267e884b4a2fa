// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff reset: what setup has done to the host is taken back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/setup/carry.h"
#include "cli/setup/store.h"
#include "cli/setup/tell.h"

static int show_file(const struct host *host, const struct setup_file *file, struct refusal *refusal)
{
	static struct setup_content current, target;
	struct durable_owner owner;
	enum back back;
	int r = back_find(host, file, &back, &current, &target, &owner, refusal);

	if (r < 0)
		return r;
	switch (back) {
	case BACK_NOTHING:
		if (!file->passing || !current.there)
			break;
		/* fallthrough */
	case BACK_REMOVE:
		tell_difference(file->path, &current, NULL);
		break;
	case BACK_WRITE:
		tell_difference(file->path, &current, file->passing ? NULL : &target);
		break;
	case BACK_LEAVE:
		(void)printf("left alone, because somebody else has changed it since setup, which had written:\n");
		tell_difference(file->path, &file->after, current.there ? &current : NULL);
		break;
	}
	return 0;
}

static int show(const struct host *host, const struct setup *setup, struct refusal *refusal)
{
	int r = 0;

	for (unsigned int i = 0; i < setup->n_files && r >= 0; i++)
		r = show_file(host, &setup->files[i], refusal);
	for (unsigned int i = 0; i < setup->n_commands && r >= 0; i++) {
		const struct setup_command *command = &setup->commands[i];
		char undo[SETUP_COMMAND_SIZE];

		if (i >= setup->n_begun && strcmp(command->run, command->undo) != 0)
			continue;
		r = undo_find(host, command, undo, refusal);
		if (r >= 0 && *undo)
			(void)printf("to be run: %s\n", tell_command(undo).s);
	}
	return r;
}

/* Groups are nothing to the kernel. */
static bool is_of_kernel(const struct setup *setup)
{
	for (unsigned int i = 0; i < setup->n_commands; i++) {
		if (strncmp(setup->commands[i].run, "usermod\t", strlen("usermod\t")) != 0)
			return true;
	}
	return setup->n_files > 0;
}

static int take_back(struct invocation *invocation, int store, struct setup *setup, struct refusal *refusal)
{
	const struct host *host = &invocation->host;
	int r = show(host, setup, refusal);

	if (r < 0 || invocation->dry_run)
		return r;
	r = tell_ask("take this back?", invocation->yes, refusal);
	if (r == 0)
		(void)printf("nothing was changed\n");
	if (r <= 0)
		return r;
	r = carry_back(host, store, setup, refusal);
	if (r >= 0)
		(void)printf("done%s\n", is_of_kernel(setup) ? "; reboot: the kernel is told at its start" : "");
	return r;
}

static int run_reset(struct invocation *invocation, struct refusal *refusal)
{
	struct setup *setup FREE_SETUP = setup_new();
	int store CLOSE_FD = store_open(&invocation->host, false);
	int r;

	if (store < 0 && store != -ENOENT)
		return store_refuse(store, refusal);
	r = store < 0 ? 0 : setup ? store_read(store, setup) : -ENOMEM;
	if (r < 0)
		return store_refuse(r, refusal);
	if (r == 1)
		return take_back(invocation, store, setup, refusal);
	/* One may have ended before it had written down anything, or after it had removed that. */
	if (!invocation->dry_run)
		r = store_remove(&invocation->host, store);
	if (r < 0)
		return store_refuse(r, refusal);
	(void)printf("nothing is to be done: no 'gpu-handoff setup' has changed this host\n");
	return 0;
}

const struct command command_reset = {
	.name = "reset",
	.help = "take back what setup has done to this host",
	.options = OPTION_DRY_RUN | OPTION_YES,
	.root = true,
	.run = run_reset,
};
