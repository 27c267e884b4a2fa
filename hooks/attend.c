// SPDX-License-Identifier: GPL-2.0-or-later
#include "hooks/attend.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "apply/follow.h"
#include "apply/handover.h"
#include "base/fd.h"
#include "hooks/report.h"
#include "host/watch.h"
#include "plan/plan.h"

/* A look reads one directory a function. Soon after a change there is often another: a guest that boots. */
#define SOON_MS   1000
#define LATER_MS  10000
#define SOON_MANY 120

struct attendance {
	struct host host;
	struct handover *handover;
	int watch;
	const char *list;
	struct cpuset cpus;
	unsigned int n_functions;
	struct address functions[PLAN_FUNCTIONS_MAX];
	struct follow follow;
	unsigned int quiet; /* looks without a change */
	int before;         /* what the last one returned */
};

static int parse(int n_arguments, char *arguments[], struct attendance *attendance)
{
	if (n_arguments < 2 || n_arguments > PLAN_FUNCTIONS_MAX + 2 ||
		cpuset_parse(arguments[1], &attendance->cpus) < 0)
		return -EINVAL;
	attendance->list = arguments[1];
	for (int i = 2; i < n_arguments; i++) {
		if (address_parse(arguments[i], &attendance->functions[attendance->n_functions++]) < 0)
			return -EINVAL;
	}
	return 0;
}

static void look(struct attendance *attendance)
{
	int r = follow_look(&attendance->host, attendance->functions, attendance->n_functions, &attendance->cpus,
		&attendance->follow);

	if (r > 0)
		(void)fprintf(stderr, "%d interrupts moved to CPUs %s\n", r, attendance->list);
	else if (r < 0 && r != attendance->before)
		(void)fprintf(stderr, "cannot move an interrupt to CPUs %s: %s\n", attendance->list, strerror(-r));
	attendance->quiet = r > 0 ? 0 : attendance->quiet + 1;
	attendance->before = r;
}

/* systemd ends it with the VM's scope. */
static _Noreturn void attend(struct attendance *attendance)
{
	for (;;) {
		struct pollfd watch = { .fd = attendance->watch, .events = POLLIN };
		int wait_ms = attendance->quiet < SOON_MANY ? SOON_MS : LATER_MS;

		if (attendance->n_functions)
			look(attendance);
		/* Several that come together are seen to together. */
		if (poll(&watch, 1, attendance->n_functions ? wait_ms : -1) > 0 && watch_take(attendance->watch))
			handover_settle(attendance->handover);
	}
}

static int fail(const char *what, int error)
{
	(void)fprintf(stderr, "gpu-handoff: %s: %s\n", what, strerror(error));
	return 1;
}

int attend_run(int n_arguments, char *arguments[])
{
	static const struct domain nobody = { .name = "host" };
	static struct attendance attendance;
	struct observer observer;
	int r = parse(n_arguments, arguments, &attendance);

	if (r < 0) {
		(void)fprintf(stderr, "usage: gpu-handoff-hook --attend GROUP CPUS [ADDRESS...]\n");
		return 1;
	}
	report_init(&observer, &nobody);
	r = host_open(NULL, &attendance.host);
	if (r < 0)
		return fail("cannot open /sys", -r);
	attendance.handover = handover_new(&attendance.host, &observer);
	attendance.watch = watch_groups(&attendance.host, arguments[0]);
	if (!attendance.handover || attendance.watch < 0)
		return fail("cannot watch the control groups", attendance.handover ? -attendance.watch : ENOMEM);
	attend(&attendance);
}
