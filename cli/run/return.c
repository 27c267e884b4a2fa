// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gpu-handoff run-return UUID: what gpu-handoff-run@UUID.service runs. It waits until systemd ends it, with the scope
 * of the command (BindsTo=), and gives back what 'gpu-handoff run' has not.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "apply/report.h"
#include "base/fd.h"
#include "base/text.h"
#include "cli/run/run.h"
#include "probe/run.h"

static bool uuid_is_valid(const char *text)
{
	if (strlen(text) != DOMAIN_UUID_SIZE - 1)
		return false;
	for (size_t i = 0; text[i]; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !strchr("0123456789abcdef", text[i]))
			return false;
	}
	return true;
}

/* SIGTERM is blocked: commands that change the host hold it. */
static int await_end(void)
{
	struct signalfd_siginfo one;
	sigset_t signals;
	int fd CLOSE_FD = -1;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (read(fd, &one, sizeof(one)) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int give_back(struct invocation *invocation, const struct domain *domain, struct refusal *refusal)
{
	struct handover *handover;
	pid_t pid;
	int r;

	/* It was stopped by hand, and the command runs. */
	if (run_find_process(&invocation->host, domain->name, &pid) == 0)
		return refusal_set(refusal, REFUSAL_HELD,
			"the command of '%s' still runs, and keeps its cards: end process %d first", domain->name,
			(int)pid);
	handover = handover_new(&invocation->host, &report_observer);
	if (!handover)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the handover");
	r = handover_return(handover, domain->uuid, refusal);
	handover_free(handover);
	return r;
}

static int run_return(struct invocation *invocation, struct refusal *refusal)
{
	struct domain domain = { 0 };
	int r;

	if (!uuid_is_valid(invocation->argument))
		return refusal_set(refusal, REFUSAL_INPUT,
			"'%s' is no uuid; gpu-handoff-run@.service runs this, nobody else", invocation->argument);
	(void)text_copy(domain.uuid, sizeof(domain.uuid), invocation->argument);
	order_name(domain.uuid, domain.name);
	r = await_end();
	if (r < 0)
		return refusal_set(refusal, REFUSAL_STATE, "cannot be told to end: %s", strerror(-r));
	return give_back(invocation, &domain, refusal);
}

const struct command command_run_return = {
	.name = "run-return",
	.argument = "UUID",
	.help = "give back what a run that was killed has taken",
	.for_units = true,
	.root = true,
	.run = run_return,
};
