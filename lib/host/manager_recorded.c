// SPDX-License-Identifier: GPL-2.0-or-later
/* The manager of a recorded host. */
#include <errno.h>

#include "host/manager.h"

static int recorded_change_unit(const struct host *host, const char *unit, int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)deadline_ms;
	return -EROFS;
}

static int recorded_unit_is_active(const struct host *host, const char *unit, int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)deadline_ms;
	return 0;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the type of the table */
static int recorded_get_unit_change(const struct host *host, const char *unit, uint64_t *ret_us, int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)ret_us;
	(void)deadline_ms;
	return -ENOENT;
}

static int recorded_end_sessions_of(const struct host *host, uid_t uid, int deadline_ms)
{
	(void)host;
	(void)uid;
	(void)deadline_ms;
	return -EROFS;
}

static int recorded_get_allowed_cpus(const struct host *host, const char *unit, struct cpuset *ret, int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)ret;
	(void)deadline_ms;
	return -ENOENT;
}

static int recorded_set_allowed_cpus(
	const struct host *host, const char *unit, const struct cpuset *cpus, int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)cpus;
	(void)deadline_ms;
	return -EROFS;
}

static int recorded_reload(const struct host *host, int deadline_ms)
{
	(void)host;
	(void)deadline_ms;
	return -EROFS;
}

static int recorded_start_bound(const struct host *host, const char *unit, const char *description,
	const char *bound_to, const char *const arguments[], int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)description;
	(void)bound_to;
	(void)arguments;
	(void)deadline_ms;
	return -EROFS;
}

static int recorded_start_scope(const struct host *host, const char *unit, const char *description, const char *slice,
	pid_t pid, int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)description;
	(void)slice;
	(void)pid;
	(void)deadline_ms;
	return -EROFS;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the type of the table */
static int recorded_get_banned_cpus(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms)
{
	(void)host;
	(void)ret_pid;
	(void)ret;
	(void)deadline_ms;
	return -ENOENT;
}

static int recorded_set_banned_cpus(const struct host *host, pid_t pid, const struct cpuset *cpus, int deadline_ms)
{
	(void)host;
	(void)pid;
	(void)cpus;
	(void)deadline_ms;
	return -EROFS;
}

const struct manager manager_recorded = {
	.stop_unit = recorded_change_unit,
	.start_unit = recorded_change_unit,
	.reload_unit = recorded_change_unit,
	.unit_is_active = recorded_unit_is_active,
	.get_unit_change = recorded_get_unit_change,
	.end_session = recorded_change_unit,
	.end_sessions_of = recorded_end_sessions_of,
	.get_allowed_cpus = recorded_get_allowed_cpus,
	.set_allowed_cpus = recorded_set_allowed_cpus,
	.reload = recorded_reload,
	.start_bound = recorded_start_bound,
	.start_scope = recorded_start_scope,
	.get_banned_cpus = recorded_get_banned_cpus,
	.set_banned_cpus = recorded_set_banned_cpus,
};
