// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff usb …: what gpu-handoff-usb@.service and gpu-handoff-usb-all@.service run. */
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/usb_follow.h"

/* libvirt's calls have no deadline. Its own is 30 seconds for the lock of a domain, and 5 for QEMU to let go. */
#define DEADLINE_S 45

static void give_up(int signal)
{
	static const char sentence[] = "gpu-handoff: libvirt does not answer; see 'systemctl status libvirtd'\n";

	(void)signal;
	(void)!write(STDERR_FILENO, sentence, sizeof(sentence) - 1);
	_exit(EXIT_REFUSED);
}

static void set_deadline(bool set)
{
	struct sigaction action = { .sa_handler = give_up };

	(void)sigaction(SIGALRM, &action, NULL);
	(void)alarm(set ? DEADLINE_S : 0);
}

static int run(struct invocation *invocation,
	int (*what)(struct follower *follower, const char *argument, struct refusal *refusal), struct refusal *refusal)
{
	struct follower *follower = malloc(sizeof(*follower));
	int r;

	if (!follower)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory to ask libvirt");
	follower_init(follower, &invocation->host, LIVE_URI, invocation->dry_run);
	follower->set_deadline = set_deadline;
	set_deadline(true);
	r = what(follower, invocation->argument, refusal);
	follower_finish(follower);
	set_deadline(false);
	free(follower);
	return r;
}

static int run_attach_all(struct invocation *invocation, struct refusal *refusal)
{
	return run(invocation, follower_attach_all, refusal);
}

static int run_sync(struct invocation *invocation, struct refusal *refusal)
{
	return run(invocation, follower_sync, refusal);
}

const struct command command_usb_attach_all = {
	.name = "usb attach-all",
	.argument = "DOMAIN",
	.help = "attach all USB devices that follow a domain",
	.options = OPTION_DRY_RUN,
	.root = true,
	.run = run_attach_all,
};

const struct command command_usb_sync = {
	.name = "usb sync",
	.argument = "PORT",
	.help = "bring domains to what is plugged in at a port now",
	.options = OPTION_DRY_RUN,
	.root = true,
	.run = run_sync,
};
