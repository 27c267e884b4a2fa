/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: systemd and logind, asked over D-Bus (org.freedesktop.systemd1(5), org.freedesktop.login1(5)). libsystemd is
 * loaded when the first of these is called: a hook call that is not ours pays nothing. Every call has a deadline.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct cpuset;
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
	/* Has a service read its configuration again, and waits likewise. -EIO also when it does not run. */
	int (*reload_unit)(const struct host *host, const char *unit, int deadline_ms);
	/* 1 when the unit is active, or becoming so; 0, also when there is none. */
	int (*unit_is_active)(const struct host *host, const char *unit, int deadline_ms);
	/* When it last started, stopped or reloaded, in µs since 1970. Returns 0; -ENOENT when there is no such unit.
	 */
	int (*get_unit_change)(const struct host *host, const char *unit, uint64_t *ret_us, int deadline_ms);
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
	/*
	 * AllowedCPUs of a slice, scope or service that systemd has loaded, as its settings are; empty where it is not
	 * set. Of the control group's cpuset.cpus it tells nothing. Returns 0; -ENOENT when there is no such unit.
	 */
	int (*get_allowed_cpus)(const struct host *host, const char *unit, struct cpuset *ret, int deadline_ms);
	/*
	 * Sets it until the next boot, by a drop-in below /run/systemd; an empty set unsets it, and cpuset.cpus may
	 * then stay as it was (systemd issue 43846). Returns 0; -ENOENT.
	 */
	int (*set_allowed_cpus)(const struct host *host, const char *unit, const struct cpuset *cpus, int deadline_ms);
	/*
	 * Has systemd read its files again (daemon-reload); manager_watched does not wait for its end. Units
	 * whose drop-in has been removed need it, or they say NeedDaemonReload.
	 */
	int (*reload)(const struct host *host, int deadline_ms);
	/*
	 * Starts a transient service of root's below system.slice that ends with the unit bound_to, and does not wait
	 * for it. arguments: the program's whole path, its arguments, NULL. It has what handover_settle() needs of
	 * capabilities, no home directories, and may write below /proc, /sys and /run alone. Returns 0;
	 * -EEXIST when there is a unit of that name.
	 */
	int (*start_bound)(const struct host *host, const char *unit, const char *description, const char *bound_to,
		const char *const arguments[], int deadline_ms);
	/*
	 * Moves a process into a transient scope of its own below a slice, and waits until it is there. The scope goes
	 * away with its last process; a stop of it ends them, as systemd ends any. Returns 0; -EEXIST when there is a
	 * unit of that name; -ESRCH when the process is gone.
	 */
	int (*start_scope)(const struct host *host, const char *unit, const char *description, const char *slice,
		pid_t pid, int deadline_ms);
	/*
	 * The CPUs that irqbalance leaves alone, and its process ID. Returns 0; -ENOENT when none runs. Without systemd
	 * as well. See host/balancer.h, for the next one too.
	 */
	int (*get_banned_cpus)(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms);
	/*
	 * Sets them, of the irqbalance with that process ID. Returns 0 when they are in force; 1 when it was told, and
	 * does it with its next round, until which get_banned_cpus tells of those before; -ENOENT; -E2BIG when the list
	 * is too long for it; -EIO when it has made something else of it; -ETIMEDOUT when it could not be told.
	 */
	int (*set_banned_cpus)(const struct host *host, pid_t pid, const struct cpuset *cpus, int deadline_ms);
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
