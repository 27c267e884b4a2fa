/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: systemd and logind, asked over D-Bus (org.freedesktop.systemd1(5), org.freedesktop.login1(5)). libsystemd is
 * loaded when the first of these is called: a hook call that is not ours pays nothing. Every call has a deadline.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct host;

/* What a handover asks of who manages the host's services. Tests put a table of their own into struct host. */
struct manager {
	/* Stops, or starts, a unit of the system and waits for the end of that job. Returns 0; -ENOENT when there is no
	 * such unit; -ETIMEDOUT; -EIO when the job failed; -EOPNOTSUPP without systemd; -errno. */
	int (*stop_unit)(const struct host *host, const char *unit, int deadline_ms);
	int (*start_unit)(const struct host *host, const char *unit, int deadline_ms);
	/* 1 when the unit is active, or becoming so; 0; -errno. */
	int (*unit_is_active)(const struct host *host, const char *unit, int deadline_ms);
	/* Ends a session of logind's, by its id ("2" of session-2.scope). Returns 0, -ENOENT, -errno. */
	int (*end_session)(const struct host *host, const char *session, int deadline_ms);
	/* Ends every session of a person. Returns the number of them, or -errno. */
	int (*end_sessions_of)(const struct host *host, uid_t uid, int deadline_ms);
};

extern const struct manager manager_systemd;

/* Refuses every change with -EROFS, and knows no unit: a recorded tree is only read. */
extern const struct manager manager_recorded;

/*
 * Moves the calling process into a transient scope of its own below system.slice, gpu-handoff-PID.scope, and waits
 * until it is there. The scope never kills (SendSIGKILL=no), delays no shutdown, and goes away with its last process.
 * Returns 0; -EOPNOTSUPP without systemd; -ETIMEDOUT; -errno.
 */
int manager_enter_scope(const struct host *host, const char *description, int deadline_ms);
