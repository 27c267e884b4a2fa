// SPDX-License-Identifier: GPL-2.0-or-later
/* What is believed of the kernel apart from devices. Each belief changes nothing, or what it puts back. */
#include "tests/contract/contract_host.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/cpuset.h"

#define DEADLINE_MS 60000

#define DEFAULT           "irq/default_smp_affinity"
#define PF_NO_SETAFFINITY 0x04000000

static bool answers(const char *what, int r, int expected, char *why)
{
	if (r == expected)
		return true;
	(void)snprintf(why, CONTRACT_WHY_SIZE, "%s: answered '%s', not '%s'", what, strerror(-r), strerror(-expected));
	return false;
}

static bool runs_on(const struct host *host, pid_t tid, const struct cpuset *expected, char *why)
{
	struct cpuset cpus;

	if (!answers("asked", host->kernel->get_affinity(host, tid, &cpus), 0, why))
		return false;
	if (memcmp(&cpus, expected, sizeof(cpus)) == 0)
		return true;
	(void)snprintf(
		why, CONTRACT_WHY_SIZE, "runs on %.100s, not %.100s", cpuset_text(&cpus).s, cpuset_text(expected).s);
	return false;
}

/* To one CPU, and back; what is not online is not kept. */
bool contract_thread_moves(const struct contract_device *d, char why[CONTRACT_WHY_SIZE])
{
	const struct host *host = d->host;
	struct cpuset before, one = { 0 }, wide;
	bool holds;

	if (!answers("asked", host->kernel->get_affinity(host, getpid(), &before), 0, why))
		return false;
	cpuset_add(&one, cpuset_next(&before, 0));
	wide = one;
	cpuset_add(&wide, CPUS_MAX - 1);
	holds = answers("one", host->kernel->set_affinity(host, getpid(), &one), 0, why) &&
		runs_on(host, getpid(), &one, why) &&
		answers("wide", host->kernel->set_affinity(host, getpid(), &wide), 0, why) &&
		runs_on(host, getpid(), &one, why);
	return answers("back", host->kernel->set_affinity(host, getpid(), &before), 0, why) &&
	       runs_on(host, getpid(), &before, why) && holds;
}

bool contract_thread_refuses(const struct contract_device *d, char why[CONTRACT_WHY_SIZE])
{
	const struct host *host = d->host;
	struct cpuset none = { 0 }, away = { 0 }, cpus;

	cpuset_add(&away, CPUS_MAX - 1);
	return answers("none", host->kernel->set_affinity(host, getpid(), &none), -EINVAL, why) &&
	       answers("away", host->kernel->set_affinity(host, getpid(), &away), -EINVAL, why) &&
	       answers("nobody", host->kernel->get_affinity(host, INT32_MAX, &cpus), -ESRCH, why) &&
	       answers("nobody", host->kernel->set_affinity(host, INT32_MAX, &away), -ESRCH, why);
}

/* A thread that says PF_NO_SETAFFINITY in its stat, or 0. */
static pid_t find_fixed(const struct host *host)
{
	const struct dirent *entry;
	pid_t found = 0;
	DIR *list;

	if (beneath_list(host->proc, ".", &list) < 0)
		return 0;
	while (found == 0 && (entry = readdir(list))) {
		char path[300], text[1024];
		const char *rest;
		unsigned int flags = 0;

		(void)snprintf(path, sizeof(path), "%s/stat", entry->d_name);
		if (attribute_read(host->proc, path, text, sizeof(text)) < 0 || !(rest = strrchr(text, ')')))
			continue;
		(void)sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %u", &flags);
		found = flags & PF_NO_SETAFFINITY ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;
	}
	(void)closedir(list);
	return found;
}

bool contract_fixed_thread_stays(const struct contract_device *d, char why[CONTRACT_WHY_SIZE])
{
	const struct host *host = d->host;
	pid_t tid = find_fixed(host);
	struct cpuset cpus;

	return answers("found", tid > 0 ? 0 : -ESRCH, 0, why) &&
	       answers("asked", host->kernel->get_affinity(host, tid, &cpus), 0, why) &&
	       answers("told", host->kernel->set_affinity(host, tid, &cpus), -EINVAL, why);
}

bool contract_mask_reads_back(const struct contract_device *d, char why[CONTRACT_WHY_SIZE])
{
	char before[1024], after[1024];
	const struct host *host = d->host;

	if (attribute_read(host->proc, DEFAULT, before, sizeof(before)) < 0 ||
		!answers("same", host->kernel->write_proc(host, DEFAULT, before, DEADLINE_MS), 0, why))
		return false;
	if (attribute_read(host->proc, DEFAULT, after, sizeof(after)) > 0 && strcmp(before, after) == 0)
		return true;
	(void)snprintf(why, CONTRACT_WHY_SIZE, "'%.100s' reads '%.100s'", before, after);
	return false;
}

bool contract_nonsense_is_refused(const struct contract_device *d, char why[CONTRACT_WHY_SIZE])
{
	static const struct {
		bool proc;
		const char *path, *value;
	} rows[] = {
		{ true, DEFAULT, "0" },
		{ true, DEFAULT, "x" },
		{ false, "devices/virtual/workqueue/cpumask", "0" },
		{ false, "devices/virtual/workqueue/cpumask", "x" },
		{ false, "devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "x" },
		{ false, "devices/system/cpu/cpu0/power/pm_qos_resume_latency_us", "x" },
	};
	const struct host *host = d->host;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = rows[i].proc ? host->kernel->write_proc(host, rows[i].path, rows[i].value, DEADLINE_MS)
				     : host->kernel->write(host, rows[i].path, rows[i].value, DEADLINE_MS);

		if (!answers(rows[i].path, r, -EINVAL, why))
			return false;
	}
	return true;
}
