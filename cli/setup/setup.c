// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff setup: the host made ready for its cards to be given away, from its next boot on. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/setup/carry.h"
#include "cli/setup/loader.h"
#include "cli/setup/store.h"
#include "cli/setup/tell.h"

static int find_changes(struct setup *setup, const struct host *host, struct notes *notes, struct refusal *refusal)
{
	struct cmdline_words words;
	int r = wants_probe(host, &words, notes, refusal);

	if (r >= 0)
		r = boot_add_words(setup, host, &words, refusal);
	/* Also where they were configured since the boot. */
	if (r >= 0 && words.n > 0)
		setup->wants_reboot = true;
	if (r >= 0)
		r = modules_add(setup, host, notes, refusal);
	if (r >= 0)
		r = groups_add(setup, host, notes, refusal);
	return r;
}

/*
 * What an earlier one has written down. Returns 1 when all of it is done, 0 when there is none, or -ECANCELED with the
 * refusal filled.
 */
static int find_earlier(const struct host *host, bool dry_run, struct refusal *refusal)
{
	struct setup *earlier FREE_SETUP = setup_new();
	int store CLOSE_FD = store_open(host, false);
	int r;

	/* Only root sees it. */
	if (store == -ENOENT || (store == -EACCES && dry_run))
		return 0;
	if (store < 0)
		return store_refuse(store, refusal);
	r = earlier ? store_read(store, earlier) : -ENOMEM;
	if (r < 0)
		return store_refuse(r, refusal);
	if (r == 1 && earlier->state != SETUP_DONE)
		return refusal_set(refusal, REFUSAL_STATE,
			"an earlier 'setup' or 'reset' did not come to its end; run 'gpu-handoff reset' first");
	return r;
}

static void show(const struct setup *setup)
{
	for (unsigned int i = 0; i < setup->n_files; i++)
		tell_difference(setup->files[i].path, setup->files[i].before.there ? &setup->files[i].before : NULL,
			&setup->files[i].after);
	for (unsigned int i = 0; i < setup->n_commands; i++)
		(void)printf("to be run: %s\n", tell_command(setup->commands[i].run).s);
}

static void tell_end(const struct setup *setup)
{
	(void)printf("done; 'gpu-handoff reset' takes it back\n");
	if (setup->wants_login)
		(void)printf("log out and in again: a session has the groups of its beginning\n");
	if (setup->wants_reboot)
		(void)printf("reboot: the kernel is told at its start\n");
}

/* Nobody has set this host up while a person was asked. */
static int check_alone(int store, struct refusal *refusal)
{
	struct setup *other FREE_SETUP = setup_new();
	int r = other ? store_read(store, other) : -ENOMEM;

	if (r < 0)
		return store_refuse(r, refusal);
	return r == 0 ? 0
		      : refusal_set(refusal, REFUSAL_STATE,
				"another 'gpu-handoff setup' has run meanwhile; nothing was changed by this one, run "
				"it again");
}

static int set_up(struct invocation *invocation, struct setup *setup, struct refusal *refusal)
{
	const struct host *host = &invocation->host;
	int store CLOSE_FD = -1;
	int r;

	show(setup);
	if (invocation->dry_run)
		return 0;
	r = tell_ask("do this?", invocation->yes, refusal);
	if (r == 0)
		(void)printf("nothing was changed\n");
	if (r <= 0)
		return r;
	store = store_open(host, true);
	if (store < 0)
		return store_refuse(store, refusal);
	r = check_alone(store, refusal);
	if (r < 0)
		return r;
	r = carry_out(host, store, setup, refusal);
	if (r >= 0)
		tell_end(setup);
	return r;
}

static int run_setup(struct invocation *invocation, struct refusal *refusal)
{
	struct setup *setup FREE_SETUP = setup_new();
	struct notes notes = { 0 };
	int r, earlier;

	if (!setup)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory to look at the host");
	if (invocation->sysroot && !invocation->dry_run)
		return refusal_set(refusal, REFUSAL_INPUT,
			"a recorded machine is only read; run it with --dry-run, or without --sysroot");
	earlier = find_earlier(&invocation->host, invocation->dry_run, refusal);
	if (earlier < 0)
		return earlier;
	if (invocation->dry_run && !invocation->sysroot && geteuid() != 0)
		notes_add(&notes, "/boot may be root's alone to see; with sudo this tells more");
	r = find_changes(setup, &invocation->host, &notes, refusal);
	tell_notes(&notes);
	if (r < 0)
		return r;
	if (setup_is_empty(setup)) {
		(void)printf("nothing is to be done%s\n",
			setup->wants_reboot ? "; reboot: the kernel is told at its start" : "");
		return 0;
	}
	if (earlier)
		return refusal_set(refusal, REFUSAL_STATE,
			"this host was set up before, and something else is wanted now; run 'gpu-handoff reset', and "
			"then 'gpu-handoff setup'");
	return set_up(invocation, setup, refusal);
}

const struct command command_setup = {
	.name = "setup",
	.help = "make this host ready: IOMMU, modules, initramfs, groups",
	.options = OPTION_DRY_RUN | OPTION_YES | OPTION_SYSROOT,
	.root = true,
	.run = run_setup,
};
