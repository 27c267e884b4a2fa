// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/probe/knobs_host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/knobs.h"
#include "tests/unit/probe/probe.h"

struct knobs_host it;

static struct cpuset parse(const char *text)
{
	struct cpuset set = { 0 };

	ck_assert(!*text || cpuset_parse(text, &set) == 0);
	return set;
}

/* ---- what a table says ---- */

static struct {
	int tid;
	struct cpuset cpus;
} threads[4096];
static unsigned int n_threads;

static struct {
	const char *name;
	struct cpuset allowed;
	int error;
} units[64];
static unsigned int n_units;

static int get_affinity(const struct host *host, pid_t tid, struct cpuset *ret)
{
	ck_assert_ptr_eq(host, &it.host);
	for (unsigned int i = 0; i < n_threads; i++) {
		if (threads[i].tid == tid && !cpuset_is_empty(&threads[i].cpus)) {
			*ret = threads[i].cpus;
			return 0;
		}
	}
	return -ESRCH;
}

static int get_allowed_cpus(const struct host *host, const char *unit, struct cpuset *ret, int deadline_ms)
{
	ck_assert_ptr_eq(host, &it.host);
	ck_assert_int_gt(deadline_ms, 0);
	it.n_asked++;
	for (unsigned int i = 0; i < n_units; i++) {
		if (strcmp(units[i].name, unit) != 0)
			continue;
		*ret = units[i].allowed;
		return units[i].error;
	}
	return -ENOENT;
}

static int no_balancer(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms)
{
	(void)host;
	(void)ret_pid;
	(void)ret;
	(void)deadline_ms;
	return -ENOENT;
}

void put_unit(const char *unit, const char *allowed, int error)
{
	units[n_units].name = unit;
	units[n_units].allowed = parse(allowed);
	units[n_units++].error = error;
}

void put_thread(int leader, int tid, const char *name, unsigned int flags, const char *cpus, const char *group)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/%d/stat", tid);
	put(path, "%d (%s) S 2 0 0 0 -1 %u 10 11 12 13 14 15 16 17 18 19 1 21 %d 23\n", tid, name, flags, tid * 10);
	(void)snprintf(path, sizeof(path), "proc/%d/cgroup", tid);
	put(path, "0::/%s\n", group);
	(void)snprintf(path, sizeof(path), "proc/%d/task/%d", leader, tid);
	put_directory(it.scratch.fd, path);
	threads[n_threads].tid = tid;
	threads[n_threads++].cpus = parse(cpus);
}

/* ---- files ---- */

void knobs_host_setup(void)
{
	scratch_make(&it.scratch);
	put("sys/devices/system/cpu/possible", "0-7\n");
	put("sys/devices/system/cpu/online", "0-7\n");
	put("sys/devices/virtual/workqueue/cpumask", "ff\n");
	put("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
	put("proc/irq/default_smp_affinity", "ff\n");
	put("proc/sys/kernel/osrelease", "6.12.1\n");
	put("proc/2/task/2/children", "%s", "");
	put_directory(it.scratch.fd, "run/systemd");
	put_directory(it.scratch.fd, "run/libvirt/qemu");
	ck_assert_int_eq(host_open(it.scratch.path, &it.host), 0);
	it.kernel = kernel_recorded;
	it.kernel.get_affinity = get_affinity;
	it.manager = manager_recorded;
	it.manager.get_allowed_cpus = get_allowed_cpus;
	it.manager.get_banned_cpus = no_balancer;
	it.host.kernel = &it.kernel;
	it.host.manager = &it.manager;
	knobs_clear(&it.knobs);
	it.claims.n_claims = it.claims.n_functions = it.notes.n = it.n_asked = n_threads = n_units = 0;
}

void knobs_host_teardown(void)
{
	host_close(&it.host);
	scratch_remove(&it.scratch);
}

int put_claim(const char *name, const char *cpus, bool isolate, const char *governor)
{
	struct claim *claim = &it.claims.claims[it.claims.n_claims++];

	*claim = (struct claim){ .cpus = parse(cpus), .isolate = isolate };
	(void)snprintf(claim->name, sizeof(claim->name), "%s", name);
	(void)snprintf(claim->governor, sizeof(claim->governor), "%s", governor);
	return (int)it.claims.n_claims - 1;
}

void put_group(const char *path, const char *cpus)
{
	char file[1024];

	for (size_t n = strcspn(path, "/");; n += 1 + strcspn(path + n + 1, "/")) {
		(void)snprintf(file, sizeof(file), "sys/fs/cgroup/%.*s/cgroup.subtree_control", (int)n, path);
		put(file, "cpu cpuset memory\n");
		if (!path[n])
			break;
	}
	(void)snprintf(file, sizeof(file), "sys/fs/cgroup/%s/cpuset.cpus", path);
	if (cpus)
		put(file, "%s\n", cpus);
}

void put_vm(const char *name, int pid, const char *scope)
{
	char path[320];

	(void)snprintf(path, sizeof(path), "run/libvirt/qemu/%s.pid", name);
	put(path, "%d\n", pid);
	(void)snprintf(path, sizeof(path), "proc/%d/comm", pid);
	put(path, "qemu-system-x86\n");
	(void)snprintf(path, sizeof(path), "proc/%d/cgroup", pid);
	put(path, "0::/%s/libvirt/emulator\n", scope);
}

struct knob *put_known(enum knob_kind kind, const char *key, const char *base, const char *want)
{
	struct knob *knob = knobs_put(&it.knobs, kind, key);

	knob->known = true;
	if (knob_kind_has_words(kind)) {
		(void)snprintf(knob->base.word, sizeof(knob->base.word), "%s", base);
		(void)snprintf(knob->want.word, sizeof(knob->want.word), "%s", want);
	} else {
		knob->base.cpus = parse(base);
		knob->want.cpus = parse(want);
	}
	knob->last = knob->base;
	return knob;
}

/* ---- the answer ---- */

void probe(int expected)
{
	int r;

	it.refusal = (struct refusal){ .reason = REFUSAL_NONE };
	r = knobs_probe(&it.host, &it.claims, &it.knobs, &it.notes, &it.refusal);
	ck_assert_msg(r == expected, "%d: %s", r, it.refusal.sentence);
	ck_assert_int_eq(it.refusal.reason, expected < 0 ? REFUSAL_CPUS : REFUSAL_NONE);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Joins them in order, and frees them. */
static const char *join(char *words[], size_t n)
{
	static char text[65536];
	size_t length = 0;

	text[0] = '\0';
	qsort(words, n, sizeof(words[0]), compare);
	for (size_t i = 0; i < n; i++) {
		if (length < sizeof(text))
			length +=
				(size_t)snprintf(text + length, sizeof(text) - length, "%s%s", i ? " " : "", words[i]);
		free(words[i]);
	}
	return text;
}

static char *describe(const char *key, const char *value, int exempt)
{
	char *text, mark[16] = "";

	if (exempt >= 0)
		(void)snprintf(mark, sizeof(mark), "!%d", exempt);
	else if (exempt != -1)
		(void)snprintf(mark, sizeof(mark), "!%s", exempt == KNOB_EXEMPT_ALL ? "all" : "needs");
	ck_assert_int_ge(asprintf(&text, "%s=%s%s", key, *value ? value : "-", mark), 0);
	return text;
}

const char *seen(enum knob_kind kind)
{
	static char *words[KNOBS_MAX];
	size_t n = 0;

	for (unsigned int i = 0; i < it.knobs.n_knobs; i++) {
		const struct knob *knob = &it.knobs.knobs[i];

		if (knob->kind == kind && knob->seen)
			words[n++] = describe(knob->key,
				knob_kind_has_words(kind) ? knob->current.word : cpuset_text(&knob->current.cpus).s,
				knob->exempt);
	}
	return join(words, n);
}

const char *needs(void)
{
	static char *words[KNOB_NEEDS_MAX];
	size_t n = 0;

	for (unsigned int i = 0; i < it.knobs.n_needs; i++)
		words[n++] = describe(it.knobs.needs[i].group, cpuset_text(&it.knobs.needs[i].cpus).s, -1);
	return join(words, n);
}

bool is_noted(const char *words)
{
	for (unsigned int i = 0; i < it.notes.n; i++) {
		if (strstr(it.notes.lines[i], words))
			return true;
	}
	return false;
}
