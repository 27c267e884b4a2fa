// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "host/manager.h"
#include "host/watched.h"

static int manage(const struct host *host, enum watched_manage what, const char *subject, int deadline_ms)
{
	return watched_manage(host, what, (const char *[]){ subject, NULL }, NULL, NULL, deadline_ms);
}

static int stop_unit(const struct host *host, const char *unit, int deadline_ms)
{
	return manage(host, MANAGE_STOP_UNIT, unit, deadline_ms);
}

static int start_unit(const struct host *host, const char *unit, int deadline_ms)
{
	return manage(host, MANAGE_START_UNIT, unit, deadline_ms);
}

static int reload_unit(const struct host *host, const char *unit, int deadline_ms)
{
	return manage(host, MANAGE_RELOAD_UNIT, unit, deadline_ms);
}

static int unit_is_active(const struct host *host, const char *unit, int deadline_ms)
{
	return manage(host, MANAGE_UNIT_IS_ACTIVE, unit, deadline_ms);
}

static int get_unit_change(const struct host *host, const char *unit, uint64_t *ret_us, int deadline_ms)
{
	struct watched_fact fact;
	int r = watched_manage(host, MANAGE_GET_UNIT_CHANGE, (const char *[]){ unit, NULL }, NULL, &fact, deadline_ms);

	if (r >= 0)
		*ret_us = fact.time_us;
	return r;
}

static int end_session(const struct host *host, const char *session, int deadline_ms)
{
	return manage(host, MANAGE_END_SESSION, session, deadline_ms);
}

static int end_sessions_of(const struct host *host, uid_t uid, int deadline_ms)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%u", uid);
	return manage(host, MANAGE_END_SESSIONS_OF, number, deadline_ms);
}

static int get_allowed_cpus(const struct host *host, const char *unit, struct cpuset *ret, int deadline_ms)
{
	struct watched_fact fact;
	int r = watched_manage(host, MANAGE_GET_ALLOWED_CPUS, (const char *[]){ unit, NULL }, NULL, &fact, deadline_ms);

	if (r >= 0)
		*ret = fact.cpus;
	return r;
}

static int set_allowed_cpus(const struct host *host, const char *unit, const struct cpuset *cpus, int deadline_ms)
{
	const struct watched_fact fact = { .cpus = *cpus };

	return watched_manage(host, MANAGE_SET_ALLOWED_CPUS, (const char *[]){ unit, NULL }, &fact, NULL, deadline_ms);
}

static int reload(const struct host *host, int deadline_ms)
{
	return manage(host, MANAGE_RELOAD, "", deadline_ms);
}

static int start_bound(const struct host *host, const char *unit, const char *description, const char *bound_to,
	const char *const arguments[], int deadline_ms)
{
	const char *words[WATCHED_WORDS_MAX + 1] = { unit, description, bound_to };
	size_t n = 3;

	for (size_t i = 0; arguments[i]; i++) {
		if (n == WATCHED_WORDS_MAX)
			return -EINVAL;
		words[n++] = arguments[i];
	}
	return watched_manage(host, MANAGE_START_BOUND, words, NULL, NULL, deadline_ms);
}

static int start_scope(const struct host *host, const char *unit, const char *description, const char *slice, pid_t pid,
	int deadline_ms)
{
	const struct watched_fact fact = { .pid = pid };

	return watched_manage(
		host, MANAGE_START_SCOPE, (const char *[]){ unit, description, slice, NULL }, &fact, NULL, deadline_ms);
}

static int get_banned_cpus(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms)
{
	struct watched_fact fact;
	int r = watched_manage(host, MANAGE_GET_BANNED_CPUS, (const char *[]){ NULL }, NULL, &fact, deadline_ms);

	if (r >= 0) {
		*ret_pid = fact.pid;
		*ret = fact.cpus;
	}
	return r;
}

static int set_banned_cpus(const struct host *host, pid_t pid, const struct cpuset *cpus, int deadline_ms)
{
	const struct watched_fact fact = { .pid = pid, .cpus = *cpus };

	return watched_manage(host, MANAGE_SET_BANNED_CPUS, (const char *[]){ NULL }, &fact, NULL, deadline_ms);
}

const struct manager manager_watched = {
	.stop_unit = stop_unit,
	.start_unit = start_unit,
	.reload_unit = reload_unit,
	.unit_is_active = unit_is_active,
	.get_unit_change = get_unit_change,
	.end_session = end_session,
	.end_sessions_of = end_sessions_of,
	.get_allowed_cpus = get_allowed_cpus,
	.set_allowed_cpus = set_allowed_cpus,
	.reload = reload,
	.start_bound = start_bound,
	.start_scope = start_scope,
	.get_banned_cpus = get_banned_cpus,
	.set_banned_cpus = set_banned_cpus,
};
