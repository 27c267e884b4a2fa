// SPDX-License-Identifier: GPL-2.0-or-later
#include "hooks/attend.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

#include "apply/attended.h"
#include "apply/follow.h"
#include "apply/report.h"
#include "base/clock.h"
#include "host/watch.h"

/* A look reads one directory a function. Soon after a change there is often another: a guest that boots. */
#define SOON_MS   1000
#define LATER_MS  10000
#define SOON_MANY 120

/* Between two times that control groups are seen to: many may come at once. Longer when the last time failed. */
#define SETTLE_MS       1000
#define SETTLE_AGAIN_MS 60000

struct attendance {
	struct host host;
	struct handover *handover;
	int watch, end;
	struct attended attended;
	struct follow follow;
	unsigned int quiet; /* looks without a change */
	int before;         /* what the last one returned */
	bool due;           /* control groups have come that nobody has seen to */
	uint64_t not_before_us;
	unsigned int pause_ms;
};

static void look(struct attendance *attendance)
{
	struct attended *attended = &attendance->attended;
	struct cpuset cpus;
	int r = handover_vector_cpus(attendance->handover, attended, &cpus);

	if (r == 0)
		r = follow_look(
			&attendance->host, attended->functions, attended->n_functions, &cpus, &attendance->follow);
	if (r > 0)
		(void)fprintf(stderr, "%d interrupts moved to CPUs %s\n", r, cpuset_text(&cpus).s);
	else if (r < 0 && r != attendance->before)
		(void)fprintf(stderr, "cannot move interrupts near the CPUs of the VM: %s\n", strerror(-r));
	attendance->quiet = r > 0 ? 0 : attendance->quiet + 1;
	attendance->before = r;
}

/* VMs in other slices come and go. Returns whether there are new ones: what came in them before is to be seen to, too.
 */
static bool watch_ways(const struct attendance *attendance)
{
	bool any = false;
	const char *way;

	for (unsigned int i = 0; (way = handover_way(attendance->handover, i)); i++)
		any = watch_add(&attendance->host, attendance->watch, way) > 0 || any;
	return any;
}

static void settle(struct attendance *attendance)
{
	unsigned int pause_ms = SETTLE_MS;

	attendance->due = handover_settle(attendance->handover) < 0;
	if (attendance->due && attendance->pause_ms)
		pause_ms = attendance->pause_ms < SETTLE_AGAIN_MS / 2 ? 2 * attendance->pause_ms : SETTLE_AGAIN_MS;
	attendance->pause_ms = attendance->due ? pause_ms : 0;
	attendance->due = watch_ways(attendance) || attendance->due;
	attendance->not_before_us = clock_now_us() + pause_ms * UINT64_C(1000);
}

/* How long nothing is to be done but for what is told of, in ms; -1 for ever. */
static int idle_ms(const struct attendance *attendance)
{
	uint64_t now = clock_now_us();
	int look_ms = !attendance->attended.n_functions ? -1 : attendance->quiet < SOON_MANY ? SOON_MS : LATER_MS;
	int settle_ms = attendance->not_before_us > now ? (int)((attendance->not_before_us - now + 999) / 1000) : 0;

	return attendance->due && (look_ms < 0 || settle_ms < look_ms) ? settle_ms : look_ms;
}

/* A request that outlives us would undo what whoever comes after us does: we end between two of them alone. */
static void attend(struct attendance *attendance)
{
	struct pollfd told[] = { { .fd = attendance->watch, .events = POLLIN },
		{ .fd = attendance->end, .events = POLLIN } };

	for (;;) {
		if (attendance->attended.n_functions)
			look(attendance);
		(void)poll(told, 2, idle_ms(attendance));
		if (told[1].revents)
			return;
		attendance->due = watch_take(attendance->watch) || attendance->due;
		if (attendance->due && clock_now_us() >= attendance->not_before_us)
			settle(attendance);
	}
}

static int fail(const char *what, int error)
{
	(void)fprintf(stderr, "gpu-handoff: %s: %s\n", what, strerror(error));
	return 1;
}

/* systemd ends us by SIGTERM, with the VM's scope. */
static int catch_end(void)
{
	sigset_t signals;
	int fd;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int attend_run(int n_arguments, char *arguments[])
{
	static const struct domain nobody = { .name = "host" };
	static struct attendance attendance;
	struct observer observer;
	int r;

	if (n_arguments != 1) {
		(void)fprintf(stderr, "usage: gpu-handoff-hook --attend UUID\n");
		return 1;
	}
	attendance.end = catch_end();
	if (attendance.end < 0)
		return fail("cannot be told to end", -attendance.end);
	report_init(&observer, &nobody);
	r = host_open(NULL, &attendance.host);
	if (r < 0)
		return fail("cannot open /sys", -r);
	attendance.handover = handover_new(&attendance.host, &observer);
	if (!attendance.handover)
		return fail("cannot begin", ENOMEM);
	r = handover_attend(attendance.handover, arguments[0], &attendance.attended);
	if (r < 0)
		return fail("cannot find the VM, or its journal", -r);
	attendance.watch = watch_groups(&attendance.host, attendance.attended.group);
	if (attendance.watch < 0)
		return fail("cannot watch the control groups", -attendance.watch);
	/* What has come before there was a watch. */
	attendance.due = true;
	attend(&attendance);
	return 0;
}
