// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/fake_knobs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "tests/support/scratch.h"

#define NODES    "devices/system/node/node"
#define POLICIES "devices/system/cpu/cpufreq/policy"
#define AFFINITY "fake/affinity/"

#define PF_KTHREAD        0x00200000
#define PF_NO_SETAFFINITY 0x04000000

static struct cpuset read_cpus(const struct host *host, const char *path)
{
	char *text = get_text(host->sys, path);
	struct cpuset cpus = { 0 };

	if (!text || cpuset_parse(text, &cpus) < 0)
		cpuset_add(&cpus, 0);
	free(text);
	return cpus;
}

static struct cpuset online(const struct host *host)
{
	return read_cpus(host, "devices/system/cpu/online");
}

/* With those that are offline. */
static struct cpuset possible(const struct host *host)
{
	static const char path[] = "devices/system/cpu/possible";

	return faccessat(host->sys, path, F_OK, 0) < 0 ? online(host) : read_cpus(host, path);
}

/* ---- sets of CPUs ---- */

/* As lib/bitmap.c reads a mask: groups of up to eight digits of hexadecimal, of no more CPUs than there can be. */
static int parse_mask(const char *value, struct cpuset *ret)
{
	unsigned int bit = 0;

	*ret = (struct cpuset){ 0 };
	for (size_t i = strcspn(value, "\n"); i > 0; i--) {
		char c = (char)tolower(value[i - 1]);

		if (c == ',')
			continue;
		if (!isxdigit((unsigned char)c))
			return -EINVAL;
		for (unsigned int j = 0; j < 4; j++) {
			if ((isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10) >> j & 1)
				cpuset_add(ret, bit + j);
		}
		bit += 4;
	}
	return bit > 0 ? 0 : -EINVAL;
}

/* As it shows one, with as many digits as the file has. Returns -EOVERFLOW when it has CPUs beyond these. */
static int put_mask(int root, const char *path, const struct cpuset *cpus)
{
	char *before = get_text(root, path), text[CPUS_MAX / 32 * 9 + 2] = "";
	unsigned int digits = 0, n = 0;

	for (const char *c = before; c && *c; c++)
		digits += isxdigit((unsigned char)*c) != 0;
	free(before);
	if (cpuset_next(cpus, digits * 4) < CPUS_MAX)
		return -EOVERFLOW;
	for (unsigned int i = digits; i-- > 0;) {
		unsigned int value = 0;

		for (unsigned int j = 0; j < 4; j++)
			value |= (unsigned int)cpuset_has(cpus, i * 4 + j) << j;
		text[n++] = "0123456789abcdef"[value];
		if (i > 0 && i % 8 == 0)
			text[n++] = ',';
	}
	put_text(root, path, "%s\n", text);
	return 0;
}

static int write_mask(const struct host *host, int root, const char *path, const char *value)
{
	struct cpuset cpus, all = online(host);
	int r = parse_mask(value, &cpus);

	if (r == 0 && !cpuset_intersects(&cpus, &all))
		r = -EINVAL;
	return r < 0 ? r : put_mask(root, path, &cpus);
}

static int write_workqueue(const struct host *host, const char *path, const char *value)
{
	return write_mask(host, host->sys, path, value);
}

#define WORKQUEUES "devices/virtual/workqueue/cpumask"

/* Since Linux 6.8 it shows what nobody isolates of what was asked for, which is shown beside it. */
static int write_workqueues(const struct host *host, const char *path, const char *value)
{
	struct cpuset asked, isolated, rest;
	char *text = get_text(host->sys, WORKQUEUES "_isolated");
	int r;

	if (!text)
		return write_mask(host, host->sys, path, value);
	r = write_mask(host, host->sys, WORKQUEUES "_requested", value);
	if (r == 0 && parse_mask(value, &asked) == 0 && parse_mask(text, &isolated) == 0) {
		rest = cpuset_less(&asked, &isolated);
		r = put_mask(host->sys, path, &rest);
	}
	free(text);
	return r;
}

static int write_default(const struct host *host, const char *path, const char *value)
{
	return write_mask(host, host->proc, path, value);
}

/* The kernel spreads the interrupts of some devices itself (IRQD_AFFINITY_MANAGED). */
static int write_interrupt(const struct host *host, const char *path, const char *value)
{
	struct fake_kernel *fake = host->kernel_data;

	for (unsigned int i = 0; i < fake->n_managed; i++) {
		if (fake->managed[i] != strtoul(path + strlen("irq/"), NULL, 10))
			continue;
		fake->n_hung += fake->managed_hang;
		return fake->managed_hang ? KERNEL_STUCK : -EIO;
	}
	return write_mask(host, host->proc, path, value);
}

/* cpuset_attach_task() and update_tasks_cpumask() of an old kernel: of all threads whose group the path leads to. */
static void reset_threads(const struct host *host, const char *group, const struct cpuset *cpus)
{
	DIR *list = fdopendir(openat(host->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;

	while (list && (entry = readdir(list))) {
		char path[PATH_MAX], *text;

		(void)snprintf(path, sizeof(path), "%s/cgroup", entry->d_name);
		text = isdigit((unsigned char)entry->d_name[0]) ? get_text(host->proc, path) : NULL;
		if (text && strncmp(text + strlen("0::/"), group, strlen(group)) == 0)
			(void)fake_kernel_set_affinity(host, (pid_t)strtol(entry->d_name, NULL, 10), cpus);
		free(text);
	}
	if (list)
		(void)closedir(list);
}

int fake_knobs_put_cpuset(const struct host *host, const char *path, const struct cpuset *cpus)
{
	const struct fake_kernel *fake = host->kernel_data;
	struct cpuset all = online(host);
	char group[PATH_MAX];

	if (fake->old_cpusets && cpuset_is_empty(cpus))
		return -ENOSPC;
	put_text(host->sys, path, "%s\n", cpuset_text(cpus).s);
	(void)snprintf(group, sizeof(group), "%s.effective", path);
	if (faccessat(host->sys, group, F_OK, 0) == 0)
		put_text(host->sys, group, "%s\n", cpuset_text(cpuset_is_empty(cpus) ? &all : cpus).s);
	(void)snprintf(group, sizeof(group), "%.*s", (int)(strrchr(path, '/') - path), path);
	if (fake->old_cpusets)
		reset_threads(host, group + strlen("fs/cgroup/"), cpuset_is_empty(cpus) ? &all : cpus);
	return 0;
}

static int write_cpuset(const struct host *host, const char *path, const char *value)
{
	struct cpuset cpus = { 0 }, all = online(host);

	if (value[strspn(value, " \n")]) {
		if (cpuset_parse(value, &cpus) < 0)
			return -EINVAL;
		for (unsigned int cpu = cpuset_next(&cpus, 0); cpu < CPUS_MAX; cpu = cpuset_next(&cpus, cpu + 1)) {
			if (!cpuset_has(&all, cpu))
				return -EINVAL;
		}
	}
	return fake_knobs_put_cpuset(host, path, &cpus);
}

/* ---- words and numbers ---- */

/* The path of a file beside that one. */
static const char *beside(const char *path, const char *name)
{
	static char other[PATH_MAX];

	(void)snprintf(other, sizeof(other), "%.*s/%s", (int)(strrchr(path, '/') - path), path, name);
	return other;
}

static bool is(const struct host *host, const char *path, const char *value)
{
	char *text = get_text(host->sys, path);
	bool same = text && strlen(text) == strlen(value) + 1 && strncmp(text, value, strlen(value)) == 0;

	free(text);
	return same;
}

static bool is_listed(const struct host *host, const char *path, const char *value)
{
	char *text = get_text(host->sys, path), *rest = text, *word;
	bool found = false;

	while ((word = strsep(&rest, " \n")))
		found = found || (*word && strcmp(word, value) == 0);
	free(text);
	return found;
}

static int write_listed(const struct host *host, const char *path, const char *value, const char *list)
{
	char word[64];

	(void)snprintf(word, sizeof(word), "%.*s", (int)strcspn(value, "\n"), value);
	if (!is_listed(host, beside(path, list), word))
		return -EINVAL;
	put_text(host->sys, path, "%s\n", word);
	return 0;
}

static int write_governor(const struct host *host, const char *path, const char *value)
{
	return write_listed(host, path, value, "scaling_available_governors");
}

static int write_preference(const struct host *host, const char *path, const char *value)
{
	const struct fake_kernel *fake = host->kernel_data;

	if (fake->preference_is_busy && is(host, beside(path, "scaling_governor"), "performance"))
		return -EBUSY;
	return write_listed(host, path, value, "energy_performance_available_preferences");
}

int fake_knobs_parse_number(const char *value, uint64_t *ret)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%.*s", (int)strcspn(value, "\n"), value);
	return text_parse_number(text, 10, INT32_MAX, ret) < 0 ? -EINVAL : 0;
}

/* In microseconds; 0 for any, n/a for none (drivers/base/power/sysfs.c). */
static int write_latency(const struct host *host, const char *path, const char *value)
{
	uint64_t number;

	if (strcmp(value, "n/a") != 0 && strcmp(value, "n/a\n") != 0 && fake_knobs_parse_number(value, &number) < 0)
		return -EINVAL;
	put_text(host->sys, path, "%.*s\n", (int)strcspn(value, "\n"), value);
	return 0;
}

static int write_compact(const struct host *host, const char *path, const char *value)
{
	struct fake_kernel *fake = host->kernel_data;
	unsigned long node = strtoul(path + strlen(NODES), NULL, 10);

	(void)value;
	if (node < FAKE_NODES)
		fake->scattered_kb[node] /= 2;
	return 0;
}

/* ---- all of them ---- */

struct knob_file {
	const char *pattern;
	int (*write)(const struct host *host, const char *path, const char *value);
};

static const struct knob_file in_sys[] = {
	{ WORKQUEUES, write_workqueues },
	{ "devices/virtual/workqueue/*/cpumask", write_workqueue },
	{ "fs/cgroup/*cpuset.cpus", write_cpuset },
	{ NODES "*/hugepages/hugepages-*kB/nr_hugepages", fake_pages_write },
	{ "kernel/mm/hugepages/hugepages-*kB/nr_hugepages", fake_pages_write },
	{ NODES "*/compact", write_compact },
	{ POLICIES "*/scaling_governor", write_governor },
	{ POLICIES "*/energy_performance_preference", write_preference },
	{ "devices/system/cpu/cpu*/power/pm_qos_resume_latency_us", write_latency },
};

static const struct knob_file in_proc[] = {
	{ "irq/default_smp_affinity", write_default },
	{ "irq/*/smp_affinity", write_interrupt },
};

static int write_one(
	const struct host *host, const struct knob_file *files, size_t n, int root, const char *path, const char *value)
{
	if (faccessat(root, path, F_OK, 0) < 0)
		return -errno;
	for (size_t i = 0; i < n; i++) {
		if (fnmatch(files[i].pattern, path, 0) == 0)
			return files[i].write(host, path, value);
	}
	return -EACCES;
}

int fake_knobs_write_sys(const struct host *host, const char *path, const char *value)
{
	return write_one(host, in_sys, sizeof(in_sys) / sizeof(in_sys[0]), host->sys, path, value);
}

int fake_kernel_write_proc(const struct host *host, const char *path, const char *value)
{
	return write_one(host, in_proc, sizeof(in_proc) / sizeof(in_proc[0]), host->proc, path, value);
}

/* ---- threads ---- */

/* The flags of its stat, or -ESRCH. */
static int64_t thread_flags(const struct host *host, pid_t tid)
{
	unsigned int flags = 0;
	char path[32], *text, *rest;

	(void)snprintf(path, sizeof(path), "%d/stat", (int)tid);
	text = get_text(host->proc, path);
	if (!text)
		return -ESRCH;
	rest = strrchr(text, ')');
	if (rest)
		(void)sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %u", &flags);
	free(text);
	return flags;
}

int fake_kernel_get_affinity(const struct host *host, pid_t tid, struct cpuset *ret)
{
	char path[64], *text;
	struct cpuset all = online(host);
	int64_t flags = thread_flags(host, tid);

	if (flags < 0)
		return (int)flags;
	(void)snprintf(path, sizeof(path), AFFINITY "%d", (int)tid);
	text = get_text(host->run, path);
	if (!text || cpuset_parse(text, ret) < 0)
		*ret = all;
	cpuset_keep_all(ret, &all);
	free(text);
	return 0;
}

/* cpuset_cpus_allowed() in kernel/cgroup/cpuset.c: since 6.2, those that are offline as well, outside of all groups. */
static struct cpuset allowed(const struct host *host, int64_t flags)
{
	const struct fake_kernel *fake = host->kernel_data;

	return flags & PF_KTHREAD && !fake->old_cpusets ? possible(host) : online(host);
}

void fake_knobs_put_thread(const struct host *host, pid_t tid, const struct cpuset *cpus)
{
	struct cpuset all = online(host), others = possible(host);
	char path[64];

	(void)snprintf(path, sizeof(path), AFFINITY "%d", (int)tid);
	put_text(host->run, path, "%s\n", cpuset_text(cpus).s);
	/* Else the system call tells as much. */
	if (cpuset_same(&all, &others))
		return;
	(void)snprintf(path, sizeof(path), "%d/status", (int)tid);
	put_text(host->proc, path, "Name:\tx\nCpus_allowed:\t%s\nCpus_allowed_list:\t%s\n", cpuset_mask_text(cpus).s,
		cpuset_text(cpus).s);
}

int fake_kernel_set_affinity(const struct host *host, pid_t tid, const struct cpuset *cpus)
{
	int64_t flags = thread_flags(host, tid);
	struct cpuset all = online(host), kept;

	if (flags < 0)
		return (int)flags;
	kept = allowed(host, flags);
	cpuset_keep_all(&kept, cpus);
	if (flags & PF_NO_SETAFFINITY || !cpuset_intersects(&kept, &all))
		return -EINVAL;
	fake_knobs_put_thread(host, tid, &kept);
	return 0;
}
