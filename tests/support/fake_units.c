// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/fake_units.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/fake_knobs.h"
#include "tests/support/scratch.h"

#define CGROUPS "fs/cgroup"
#define ALLOWED "fake/allowed/"
#define BANNED  "fake/banned"      /* PID, a blank, a list */
#define TOLD    "fake/banned-told" /* likewise, until it is in force */

static bool has(int root, const char *path)
{
	return faccessat(root, path, F_OK, 0) == 0;
}

static struct cpuset parse(const char *list)
{
	struct cpuset cpus = { 0 };

	if (list && cpuset_parse(list, &cpus) < 0)
		return (struct cpuset){ 0 };
	return cpus;
}

/* ---- units ---- */

/* The control group of that name below the directory, as a path in sys; the names of units are theirs alone. */
static bool find_group(const struct host *host, const char *directory, const char *unit, char path[PATH_MAX])
{
	int fd = openat(host->sys, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool found = false;

	while (!found && list && (entry = readdir(list))) {
		char below[PATH_MAX];
		struct stat st;

		if (entry->d_name[0] == '.' ||
			snprintf(below, sizeof(below), "%s/%s", directory, entry->d_name) >= (int)sizeof(below) ||
			fstatat(host->sys, below, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
			continue;
		found = strcmp(entry->d_name, unit) == 0;
		if (found)
			(void)snprintf(path, PATH_MAX, "%s", below);
		else
			found = find_group(host, below, unit, path);
	}
	if (list)
		(void)closedir(list);
	return found;
}

static bool is_known(const struct host *host, const char *unit)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "fake/units/%s", unit);
	return has(host->run, path) || find_group(host, CGROUPS, unit, path);
}

/* Scopes are made while systemd runs, that of systemd itself as well (src/core/scope.c); other units may be. */
static bool is_transient(const struct host *host, const char *unit)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "systemd/transient/%s", unit);
	return has(host->run, path) || strcmp(strrchr(unit, '.'), ".scope") == 0;
}

/* unit_write_setting() in src/core/unit.c. */
static void put_dropin(const struct host *host, const char *unit, const struct cpuset *cpus)
{
	const char *suffix = strrchr(unit, '.'), *section = strcmp(suffix, ".slice") == 0   ? "Slice"
							    : strcmp(suffix, ".scope") == 0 ? "Scope"
											    : "Service";
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "systemd/%s/%s.d/50-AllowedCPUs.conf",
		is_transient(host, unit) ? "transient" : "system.control", unit);
	put_text(host->run, path,
		"# This is a drop-in unit file extension, created via \"systemctl set-property\"\n"
		"# or an equivalent operation. Do not edit.\n[%s]\nAllowedCPUs=%s\n",
		section, cpuset_text(cpus).s);
}

int fake_manager_allow(const struct host *host, const char *unit, const struct cpuset *cpus)
{
	char path[PATH_MAX], file[PATH_MAX + sizeof("/cpuset.cpus")];

	if (!is_known(host, unit))
		return -ENOENT;
	(void)snprintf(path, sizeof(path), ALLOWED "%s", unit);
	put_text(host->run, path, "%s\n", cpuset_text(cpus).s);
	put_dropin(host, unit, cpus);
	if (cpuset_count(cpus) == 0 || !find_group(host, CGROUPS, unit, path))
		return 0;
	(void)snprintf(file, sizeof(file), "%s/cpuset.cpus", path);
	return fake_knobs_put_cpuset(host, file, cpus);
}

int fake_units_get_allowed_cpus(const struct host *host, const char *unit, struct cpuset *ret, int deadline_ms)
{
	char path[PATH_MAX], *text;

	(void)deadline_ms;
	if (!is_known(host, unit))
		return -ENOENT;
	(void)snprintf(path, sizeof(path), ALLOWED "%s", unit);
	text = get_text(host->run, path);
	*ret = parse(text);
	free(text);
	return 0;
}

/* ---- irqbalance ---- */

static int read_balancer(const struct host *host, const char *file, pid_t *ret_pid, struct cpuset *ret)
{
	char *text = get_text(host->run, file), *list;

	if (!text)
		return -ENOENT;
	*ret_pid = (pid_t)strtol(text, &list, 10);
	*ret = parse(list);
	free(text);
	return 0;
}

static void put_balancer(const struct host *host, const char *file, pid_t pid, const struct cpuset *cpus)
{
	put_text(host->run, file, "%d %s\n", (int)pid, cpuset_text(cpus).s);
}

void fake_manager_put_balancer(const struct host *host, int pid, const struct cpuset *cpus)
{
	fake_manager_put_process(host, pid, "irqbalance", "irqbalance.service", "/dev/null");
	put_balancer(host, BANNED, pid, cpus);
	remove_all(host->run, TOLD);
}

void fake_manager_balance(const struct host *host)
{
	struct cpuset cpus;
	pid_t pid;

	if (read_balancer(host, TOLD, &pid, &cpus) == 0)
		put_balancer(host, BANNED, pid, &cpus);
	remove_all(host->run, TOLD);
}

int fake_units_get_banned_cpus(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms)
{
	(void)deadline_ms;
	return read_balancer(host, BANNED, ret_pid, ret);
}

int fake_units_ban(const struct host *host, pid_t pid, const struct cpuset *cpus, bool slow)
{
	struct cpuset before;
	pid_t own;

	if (read_balancer(host, BANNED, &own, &before) < 0 || own != pid)
		return -ENOENT;
	put_balancer(host, slow ? TOLD : BANNED, pid, cpus);
	if (!slow)
		remove_all(host->run, TOLD);
	return slow && memcmp(&before, cpus, sizeof(before)) != 0;
}
