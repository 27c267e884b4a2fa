// SPDX-License-Identifier: GPL-2.0-or-later
#include "hooks/vectors.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "apply/follow.h"
#include "plan/plan.h"

/* A look reads one directory a function. Soon after a change there is often another: a guest that boots. */
#define SOON_MS   1000
#define LATER_MS  10000
#define SOON_MANY 120

static int parse(int n_arguments, char *arguments[], struct cpuset *cpus, struct address functions[PLAN_FUNCTIONS_MAX])
{
	if (n_arguments < 2 || n_arguments > PLAN_FUNCTIONS_MAX + 1 || cpuset_parse(arguments[0], cpus) < 0)
		return -1;
	for (int i = 1; i < n_arguments; i++) {
		if (address_parse(arguments[i], &functions[i - 1]) < 0)
			return -1;
	}
	return n_arguments - 1;
}

int vectors_run(int n_arguments, char *arguments[])
{
	static struct address functions[PLAN_FUNCTIONS_MAX];
	static struct follow follow;
	struct cpuset cpus;
	struct host host;
	int n = parse(n_arguments, arguments, &cpus, functions), before = 0, r;

	if (n < 0) {
		(void)fprintf(stderr, "usage: gpu-handoff-hook --vectors CPUS ADDRESS...\n");
		return 1;
	}
	r = host_open(NULL, &host);
	if (r < 0) {
		(void)fprintf(stderr, "gpu-handoff: cannot open /sys: %s\n", strerror(-r));
		return 1;
	}
	/* systemd ends it with the VM's scope. */
	for (unsigned int quiet = 0;; quiet++) {
		r = follow_look(&host, functions, (unsigned int)n, &cpus, &follow);
		if (r > 0)
			(void)fprintf(stderr, "%d interrupts moved to CPUs %s\n", r, arguments[0]);
		else if (r < 0 && r != before)
			(void)fprintf(stderr, "cannot move an interrupt to CPUs %s: %s\n", arguments[0], strerror(-r));
		quiet = r > 0 ? 0 : quiet;
		before = r;
		(void)poll(NULL, 0, quiet < SOON_MANY ? SOON_MS : LATER_MS);
	}
}
