// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "host/manager.h"
#include "host/watched.h"

static int stop_unit(const struct host *host, const char *unit, int deadline_ms)
{
	return watched_manage(host, MANAGE_STOP_UNIT, unit, deadline_ms);
}

static int start_unit(const struct host *host, const char *unit, int deadline_ms)
{
	return watched_manage(host, MANAGE_START_UNIT, unit, deadline_ms);
}

static int unit_is_active(const struct host *host, const char *unit, int deadline_ms)
{
	return watched_manage(host, MANAGE_UNIT_IS_ACTIVE, unit, deadline_ms);
}

static int end_session(const struct host *host, const char *session, int deadline_ms)
{
	return watched_manage(host, MANAGE_END_SESSION, session, deadline_ms);
}

static int end_sessions_of(const struct host *host, uid_t uid, int deadline_ms)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%u", uid);
	return watched_manage(host, MANAGE_END_SESSIONS_OF, number, deadline_ms);
}

const struct manager manager_watched = {
	.stop_unit = stop_unit,
	.start_unit = start_unit,
	.unit_is_active = unit_is_active,
	.end_session = end_session,
	.end_sessions_of = end_sessions_of,
};
