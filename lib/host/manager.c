// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/manager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "host/allowed.h"
#include "host/balancer.h"
#include "host/bound.h"
#include "host/bus.h"
#include "host/session.h"
#include "host/unit_name.h"

#define JOB_PATH_SIZE   128
#define BUS_NAME_SIZE   64
#define SCOPE_NAME_SIZE sizeof("gpu-handoff-2147483647.scope")
#define CGROUP_SIZE     4096
#define STOP_TIMEOUT_US 100000

static const struct bus_object bus_daemon = {
	"org.freedesktop.DBus",
	"/org/freedesktop/DBus",
	"org.freedesktop.DBus",
};

/* ---- jobs ---- */

/* A job that is waited for, by the signal that ends it. */
struct job {
	char path[JOB_PATH_SIZE];
	char sender[BUS_NAME_SIZE]; /* systemd's unique name: anybody may send us a signal */
	int result;                 /* 1 while it runs */
};

static int job_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	const char *path, *unit, *result, *sender = sd.message_get_sender(message);
	struct job *job = (struct job *)data;
	uint32_t id;

	(void)error;
	if (sd.message_is_signal(message, bus_systemd.interface, "JobRemoved") <= 0 || !sender ||
		strcmp(sender, job->sender) != 0)
		return 0;
	if (sd.message_read(message, "uoss", &id, &path, &unit, &result) >= 0 && strcmp(path, job->path) == 0)
		job->result = strcmp(result, "done") == 0 ? 0 : -EIO;
	return 0;
}

/* To be done before the job is begun: it may end before its beginning is answered. */
static int jobs_watch(struct bus *bus, struct job *job)
{
	int r;

	bus->used_up = true;
	r = sd.add_filter(bus->connection, NULL, job_removed, job);
	if (r >= 0)
		r = bus_call(bus, &bus_daemon, "AddMatch", NULL, "s",
			"type='signal',sender='org.freedesktop.systemd1',path='/org/freedesktop/systemd1',"
			"interface='org.freedesktop.systemd1.Manager',member='JobRemoved'");
	/* Without a subscriber systemd sends no signals. */
	if (r >= 0)
		r = bus_call(bus, &bus_systemd, "Subscribe", NULL, "");
	return r;
}

static int job_begun(struct job *job, sd_bus_message *reply)
{
	const char *path, *sender = sd.message_get_sender(reply);
	int r;

	r = sd.message_read(reply, "o", &path);
	if (r >= 0)
		r = text_copy(job->path, sizeof(job->path), path);
	if (r >= 0)
		r = text_copy(job->sender, sizeof(job->sender), sender ? sender : "");
	return r < 0 ? r : 0;
}

static int unit_job(const struct host *host, const char *method, const char *unit, int deadline_ms)
{
	sd_bus_message *reply MESSAGE_UNREF = NULL;
	struct bus bus BUS_CLOSE = BUS_NONE;
	struct job job = { .result = 1 };
	int r;

	/* With a slice, all that is in it would end. */
	if (!unit_name_is_valid(unit) || strcmp(unit_name_suffix(unit), ".slice") == 0)
		return -EINVAL;
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = jobs_watch(&bus, &job);
	if (r >= 0)
		r = bus_call(&bus, &bus_systemd, method, &reply, "ss", unit, "replace");
	if (r >= 0)
		r = job_begun(&job, reply);
	while (r >= 0 && job.result > 0)
		r = bus_process(&bus);
	return r < 0 ? r : job.result;
}

/* ---- what manager.h promises ---- */

static int systemd_stop_unit(const struct host *host, const char *unit, int deadline_ms)
{
	return unit_job(host, "StopUnit", unit, deadline_ms);
}

static int systemd_start_unit(const struct host *host, const char *unit, int deadline_ms)
{
	return unit_job(host, "StartUnit", unit, deadline_ms);
}

static int systemd_reload_unit(const struct host *host, const char *unit, int deadline_ms)
{
	return unit_job(host, "ReloadUnit", unit, deadline_ms);
}

/* Asks for a property of a unit that systemd has loaded; the reply is the caller's. */
static int unit_property(struct bus *bus, const char *unit, const char *property, sd_bus_message **ret)
{
	struct bus_object object = { bus_systemd.service, NULL, "org.freedesktop.DBus.Properties" };
	sd_bus_message *found MESSAGE_UNREF = NULL;
	int r;

	r = bus_call(bus, &bus_systemd, "GetUnit", &found, "s", unit);
	if (r >= 0)
		r = sd.message_read(found, "o", &object.path);
	return r < 0 ? r : bus_call(bus, &object, "Get", ret, "ss", "org.freedesktop.systemd1.Unit", property);
}

static int unit_state(struct bus *bus, const char *unit, char *buffer, size_t size)
{
	sd_bus_message *reply MESSAGE_UNREF = NULL;
	const char *state;
	int r = unit_property(bus, unit, "ActiveState", &reply);

	if (r >= 0)
		r = sd.message_read(reply, "v", "s", &state);
	return r < 0 ? r : text_copy(buffer, size, state);
}

/* unit_notify() of systemd sets it each time, so a reload counts as well. */
static int systemd_get_unit_change(const struct host *host, const char *unit, uint64_t *ret_us, int deadline_ms)
{
	sd_bus_message *reply MESSAGE_UNREF = NULL;
	struct bus bus BUS_CLOSE = BUS_NONE;
	int r;

	if (!unit_name_is_valid(unit))
		return -EINVAL;
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = unit_property(&bus, unit, "StateChangeTimestamp", &reply);
	if (r >= 0)
		r = sd.message_read(reply, "v", "t", ret_us);
	return r < 0 ? r : 0;
}

static int systemd_unit_is_active(const struct host *host, const char *unit, int deadline_ms)
{
	static const char *const states[] = { "active", "activating", "reloading", "refreshing" };
	struct bus bus BUS_CLOSE = BUS_NONE;
	char state[32];
	int r;

	if (!unit_name_is_valid(unit))
		return -EINVAL;
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = unit_state(&bus, unit, state, sizeof(state));
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(state, states[i]) == 0)
			return 1;
	}
	return 0;
}

static int systemd_reload(const struct host *host, int deadline_ms)
{
	struct bus bus BUS_CLOSE = BUS_NONE;
	int r;

	r = bus_open(host, deadline_ms, &bus);
	return r < 0 ? r : bus_call(&bus, &bus_systemd, "Reload", NULL, "");
}

/* ---- scopes ---- */

struct membership {
	const struct host *host;
	const char *scope;
	pid_t pid; /* 0: the calling process */
};

/* 1 when the process is in the scope, 0, or -errno. */
static int is_member(void *data)
{
	const struct membership *membership = (const struct membership *)data;
	char path[32], text[CGROUP_SIZE], *rest = text, *line;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%d/cgroup", (int)membership->pid);
	n = attribute_read(membership->host->proc, membership->pid ? path : "self/cgroup", text, sizeof(text));
	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	/* A line a hierarchy; where there are several, it is in that of systemd's own. */
	while ((line = strsep(&rest, "\n"))) {
		const char *last = strrchr(line, '/');

		if (last && strcmp(last + 1, membership->scope) == 0)
			return 1;
	}
	return 0;
}

/*
 * A stop of the scope is a signal that does no harm, a moment's wait, and no SIGKILL: what would be killed is about to
 * write to the kernel. KillMode=none would say it too, but is deprecated, and will one day be refused.
 */
static int scope_start(struct bus *bus, const char *scope, const char *description)
{
	return bus_call(bus, &bus_systemd, "StartTransientUnit", NULL, "ssa(sv)a(sa(sv))", scope, "fail", 7,
		"Description", "s", description, "Slice", "s", "system.slice", "CollectMode", "s", "inactive-or-failed",
		"KillSignal", "i", SIGCONT, "SendSIGKILL", "b", 0, "TimeoutStopUSec", "t", (uint64_t)STOP_TIMEOUT_US,
		"PIDs", "au", 1, (uint32_t)getpid(), 0);
}

static int await_member(const struct bus *bus, struct membership *membership)
{
	int r = clock_await(is_member, membership, bus_left_ms(bus));

	return r == 0 ? -ETIMEDOUT : r < 0 ? r : 0;
}

int manager_enter_scope(const struct host *host, const char *description, int deadline_ms)
{
	struct bus bus BUS_CLOSE = BUS_NONE;
	char scope[SCOPE_NAME_SIZE];
	struct membership membership = { host, scope, 0 };
	int r;

	(void)snprintf(scope, sizeof(scope), "gpu-handoff-%d.scope", (int)getpid());
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = scope_start(&bus, scope, description);
	return r < 0 ? r : await_member(&bus, &membership);
}

static int systemd_start_scope(const struct host *host, const char *unit, const char *description, const char *slice,
	pid_t pid, int deadline_ms)
{
	struct membership membership = { host, unit, pid };
	struct bus bus BUS_CLOSE = BUS_NONE;
	int r;

	if (!unit_name_is_valid(unit) || !unit_name_is_valid(slice) || pid <= 0)
		return -EINVAL;
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = bus_call(&bus, &bus_systemd, "StartTransientUnit", NULL, "ssa(sv)a(sa(sv))", unit, "fail", 4,
			"Description", "s", description, "Slice", "s", slice, "CollectMode", "s", "inactive-or-failed",
			"PIDs", "au", 1, (uint32_t)pid, 0);
	return r < 0 ? r : await_member(&bus, &membership);
}

const struct manager manager_systemd = {
	.stop_unit = systemd_stop_unit,
	.start_unit = systemd_start_unit,
	.reload_unit = systemd_reload_unit,
	.unit_is_active = systemd_unit_is_active,
	.get_unit_change = systemd_get_unit_change,
	.end_session = session_end,
	.end_sessions_of = session_end_all_of,
	.get_allowed_cpus = allowed_get_cpus,
	.set_allowed_cpus = allowed_set_cpus,
	.reload = systemd_reload,
	.start_bound = bound_start,
	.start_scope = systemd_start_scope,
	.get_banned_cpus = balancer_get_banned,
	.set_banned_cpus = balancer_set_banned,
};
