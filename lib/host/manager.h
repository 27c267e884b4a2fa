/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: systemd and logind, asked over D-Bus (org.freedesktop.systemd1(5), org.freedesktop.login1(5)). libsystemd is
 * loaded when the first of these is called: a hook call that is not ours pays nothing. Every call has a deadline.
 */
#pragma once

#include <sys/types.h>

struct host;

/*
 * What a handover asks of who manages the host's services. Tests put a table of their own into struct host. All of them
 * return -errno when they fail: -EINVAL for what is no name of a unit or session, which is never sent; -EOPNOTSUPP
 * without systemd, its library, or the bus; -ETIMEDOUT, and what was asked for may then still happen.
 */
struct manager {
	/*
	 * Stops, or starts, a service or scope of the system and waits for the end of that job; what is so already is
	 * done. Returns 0; -ENOENT when there is no such unit; -EIO when the job failed.
	 */
	int (*stop_unit)(const struct host *host, const char *unit, int deadline_ms);
	int (*start_unit)(const struct host *host, const char *unit, int deadline_ms);
	/* 1 when the unit is active, or becoming so; 0, also when there is none. */
	int (*unit_is_active)(const struct host *host, const char *unit, int deadline_ms);
	/*
	 * Ends a session of logind's, whatever its class, by its id ("2" of session-2.scope), and waits until it is
	 * gone. Returns 0; -ENOENT when there is none.
	 */
	int (*end_session)(const struct host *host, const char *session, int deadline_ms);
	/*
	 * Ends the sessions that a person is in, or could log in by (classes user, greeter, lock-screen), and waits
	 * until they are gone; cron's, and the one of the person's own systemd, stay. Returns how many it has ended.
	 */
	int (*end_sessions_of)(const struct host *host, uid_t uid, int deadline_ms);
};

/* In this process. It allocates, and a bus that does not answer keeps it waiting. */
extern const struct manager manager_systemd;

/* The same, asked by the watched child (host/watched.h): what a handover uses. */
extern const struct manager manager_watched;

/* Refuses every change with -EROFS, and knows no unit: a recorded tree is only read. */
extern const struct manager manager_recorded;

/*
 * Moves the calling process into a transient scope of its own below system.slice, gpu-handoff-PID.scope, and waits
 * until it is there. A stop of the scope, or the host's shutdown, ends no process in it (KillSignal=SIGCONT,
 * SendSIGKILL=no) and waits 100 ms at most; the scope goes away with its last process. Returns 0; -EEXIST when there is
 * one of that name; -EOPNOTSUPP; -ETIMEDOUT; -errno.
 */
int manager_enter_scope(const struct host *host, const char *description, int deadline_ms);
