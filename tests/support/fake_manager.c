// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/fake_manager.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/fake_units.h"
#include "tests/support/fault.h"
#include "tests/support/scratch.h"

#define UNITS     "fake/units/"
#define PROCESSES "fake/processes/"
#define LOG       "fake/log"

static struct fake_manager *manager;

static const char *path_of(const char *directory, const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s%s", directory, name);
	return path;
}

static bool starts_with(const char *text, const char *begin)
{
	return strncmp(text, begin, strlen(begin)) == 0;
}

void fake_units_log(const struct host *host, const char *what, const char *unit)
{
	char *before = get_text(host->run, LOG);

	put_text(host->run, LOG, "%s%s%s%s%s", before ? before : "", before && *before ? ", " : "", what,
		*unit ? " " : "", unit);
	free(before);
}

const char *fake_manager_log(const struct host *host)
{
	static char seen[4096];
	char *text = get_text(host->run, LOG);

	(void)snprintf(seen, sizeof(seen), "%s", text ? text : "");
	free(text);
	remove_all(host->run, LOG);
	return seen;
}

/* ---- processes ---- */

static void put_proc(const struct host *host, int pid, const char *command, const char *unit, const char *node)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/stat", pid);
	put_text(host->proc, path, "%d (%s) S 1 %d %d 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 4711 1000 1 1844\n", pid,
		command, pid, pid);
	(void)snprintf(path, sizeof(path), "%d/cgroup", pid);
	if (starts_with(unit, "session-"))
		put_text(host->proc, path, "0::/user.slice/user-1000.slice/%s\n", unit);
	else
		put_text(host->proc, path, "0::/%s%s\n", *unit ? "system.slice/" : "", unit);
	(void)snprintf(path, sizeof(path), "%d/fd", pid);
	put_directory(host->proc, path);
	(void)snprintf(path, sizeof(path), "%d/fd/3", pid);
	if (symlinkat(node, host->proc, path) < 0 && errno != EEXIST)
		abort();
}

void fake_manager_put_process(const struct host *host, int pid, const char *command, const char *unit, const char *node)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", pid);
	put_proc(host, pid, command, unit, node);
	put_text(host->run, path_of(PROCESSES, name), "%s|%s|%s", unit, command, node);
	if (*unit)
		fake_manager_set_active(host, unit, true);
}

void fake_manager_end_process(const struct host *host, int pid)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", pid);
	remove_all(host->proc, name);
	remove_all(host->run, path_of(PROCESSES, name));
}

bool fake_manager_has_process(const struct host *host, int pid)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "%d/stat", pid);
	return faccessat(host->proc, path, F_OK, 0) == 0;
}

/* Those of a unit come or go. */
static void move_processes(const struct host *host, const char *unit, bool come)
{
	int list = openat(host->run, PROCESSES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = list < 0 ? NULL : fdopendir(list);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		char *text = entry->d_name[0] == '.' ? NULL : get_text(host->run, path_of(PROCESSES, entry->d_name));
		char *rest = text, *theirs = strsep(&rest, "|"), *command = strsep(&rest, "|");

		if (theirs && strcmp(theirs, unit) == 0) {
			if (come)
				put_proc(host, atoi(entry->d_name), command, unit, rest);
			else
				remove_all(host->proc, entry->d_name);
		}
		free(text);
	}
	if (directory)
		(void)closedir(directory);
}

/* ---- units ---- */

bool fake_manager_is_active(const struct host *host, const char *unit)
{
	char *text = get_text(host->run, path_of(UNITS, unit));
	bool active = text && strcmp(text, "active") == 0;

	free(text);
	return active;
}

void fake_manager_set_active(const struct host *host, const char *unit, bool active)
{
	put_text(host->run, path_of(UNITS, unit), active ? "active" : "inactive");
}

static bool is(const char *one, const char *unit)
{
	return one && strcmp(one, unit) == 0;
}

static int change(const struct host *host, const char *what, const char *unit, bool active, bool fails)
{
	int r = fault_enter(FAULT_KERNEL);

	if (r != 0)
		return r < 0 ? r : 0;
	(void)poll(NULL, 0, (int)manager->delay_ms);
	fake_units_log(host, what, unit);
	if (faccessat(host->run, path_of(UNITS, unit), F_OK, 0) < 0)
		return fault_leave(-ENOENT);
	if (fails)
		return fault_leave(-EIO);
	fake_manager_set_active(host, unit, active);
	if (active || !is(manager->stubborn, unit))
		move_processes(host, unit, active);
	return fault_leave(0);
}

static int fake_stop_unit(const struct host *host, const char *unit, int deadline_ms)
{
	(void)deadline_ms;
	return change(host, "stop", unit, false, is(manager->cannot_stop, unit));
}

static int fake_start_unit(const struct host *host, const char *unit, int deadline_ms)
{
	(void)deadline_ms;
	return change(host, "start", unit, true, is(manager->cannot_start, unit));
}

static int fake_unit_is_active(const struct host *host, const char *unit, int deadline_ms)
{
	(void)deadline_ms;
	return fake_manager_is_active(host, unit);
}

static int fake_end_session(const struct host *host, const char *session, int deadline_ms)
{
	char unit[64];

	(void)deadline_ms;
	(void)snprintf(unit, sizeof(unit), "session-%.32s.scope", session);
	return change(host, "end", unit, false, is(manager->cannot_stop, unit));
}

static int fake_end_sessions_of(const struct host *host, uid_t uid, int deadline_ms)
{
	(void)host;
	(void)uid;
	(void)deadline_ms;
	return 0;
}

/* Around a change: it may fail, or take a while. What is logged is what was asked. */
static int change_begin(const struct host *host, const char *what, const char *about)
{
	int r = fault_enter(FAULT_KERNEL);

	if (r != 0)
		return r;
	(void)poll(NULL, 0, (int)manager->delay_ms);
	fake_units_log(host, what, about);
	return 0;
}

static int fake_set_allowed_cpus(const struct host *host, const char *unit, const struct cpuset *cpus, int deadline_ms)
{
	char about[512];
	int r;

	(void)deadline_ms;
	(void)snprintf(about, sizeof(about), "%s %.200s", unit, cpuset_count(cpus) ? cpuset_text(cpus).s : "-");
	r = change_begin(host, "allow", about);
	if (r != 0)
		return r < 0 ? r : 0;
	return fault_leave(fake_manager_allow(host, unit, cpus));
}

static int fake_reload(const struct host *host, int deadline_ms)
{
	int r = change_begin(host, "reload", "");

	(void)deadline_ms;
	return r != 0 ? (r < 0 ? r : 0) : fault_leave(0);
}

static int fake_start_bound(const struct host *host, const char *unit, const char *description, const char *bound_to,
	const char *const arguments[], int deadline_ms)
{
	char about[512];
	int r;

	(void)description;
	(void)arguments;
	(void)deadline_ms;
	(void)snprintf(about, sizeof(about), "%s %s", unit, bound_to);
	r = change_begin(host, "bind", about);
	if (r != 0)
		return r < 0 ? r : 0;
	if (fake_manager_is_active(host, unit))
		return fault_leave(-EEXIST);
	fake_manager_set_active(host, unit, true);
	return fault_leave(0);
}

/* The process of a test is in no group of the scratch host. */
static int fake_start_scope(const struct host *host, const char *unit, const char *description, const char *slice,
	pid_t pid, int deadline_ms)
{
	char about[512];
	int r;

	(void)description;
	(void)pid;
	(void)deadline_ms;
	(void)snprintf(about, sizeof(about), "%s %s", unit, slice);
	r = change_begin(host, "scope", about);
	if (r != 0)
		return r < 0 ? r : 0;
	if (is(manager->cannot_start, "scope"))
		return fault_leave(-EOPNOTSUPP);
	fake_manager_set_active(host, unit, true);
	return fault_leave(0);
}

static int fake_set_banned_cpus(const struct host *host, pid_t pid, const struct cpuset *cpus, int deadline_ms)
{
	char about[256];
	int r;

	(void)deadline_ms;
	(void)snprintf(about, sizeof(about), "%.200s", cpuset_count(cpus) ? cpuset_text(cpus).s : "-");
	r = change_begin(host, "ban", about);
	if (r != 0)
		return r < 0 ? r : 0;
	return fault_leave(fake_units_ban(host, pid, cpus, manager->balancer_is_slow));
}

static const struct manager manager_fake = {
	.stop_unit = fake_stop_unit,
	.start_unit = fake_start_unit,
	.unit_is_active = fake_unit_is_active,
	.end_session = fake_end_session,
	.end_sessions_of = fake_end_sessions_of,
	.get_allowed_cpus = fake_units_get_allowed_cpus,
	.set_allowed_cpus = fake_set_allowed_cpus,
	.reload = fake_reload,
	.start_bound = fake_start_bound,
	.start_scope = fake_start_scope,
	.get_banned_cpus = fake_units_get_banned_cpus,
	.set_banned_cpus = fake_set_banned_cpus,
};

void fake_manager_install(struct fake_manager *fake, struct host *host)
{
	memset(fake, 0, sizeof(*fake));
	manager = fake;
	host->manager = &manager_fake;
	put_directory(host->run, "fake/units");
	put_directory(host->run, "fake/processes");
}
