// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "host/manager.h"
#include "probe/cpus.h"
#include "probe/dropin.h"
#include "probe/process.h"
#include "probe/thread.h"

/* Of one request; nothing of it waits for a driver of a device. */
#define DEADLINE_MS 5000

#define CGROUP    "fs/cgroup/"
#define PATH_SIZE (KNOB_KEY_SIZE + 64)

/* ---- files ---- */

static int turn_interrupts(const struct host *host, const char *path, const struct cpuset *want)
{
	struct cpuset_mask mask = cpuset_mask_text(want);
	struct cpuset now;
	int r = cpus_read_mask(host->proc, path, &now);

	/* Set with another, which it goes with. */
	if (r == 0 && cpuset_same(&now, want))
		return 1;
	if (r == 0)
		r = host->kernel->write_proc(host, path, mask.s, DEADLINE_MS);
	if (r == 0)
		r = cpus_read_mask(host->proc, path, &now);
	return r < 0 ? r : cpuset_same(&now, want) ? 0 : TURN_NO_EFFECT;
}

static int turn_word(const struct host *host, const char *path, const char *want)
{
	char now[KNOB_WORD_SIZE];
	int r = host->kernel->write(host, path, want, DEADLINE_MS);
	ssize_t n;

	if (r < 0)
		return r;
	n = attribute_read(host->sys, path, now, sizeof(now));
	return n < 0 ? (int)n : strcmp(now, want) == 0 ? 0 : TURN_NO_EFFECT;
}

/* ---- one kind each ---- */

static int turn_balancer(const struct turning *turning, const struct knob *knob)
{
	const struct host *host = turning->host;
	return host->manager->set_banned_cpus(host, (pid_t)strtol(knob->key, NULL, 10), &knob->want.cpus, DEADLINE_MS);
}

static int turn_default(const struct turning *turning, const struct knob *knob)
{
	return turn_interrupts(turning->host, "irq/default_smp_affinity", &knob->want.cpus);
}

static int turn_interrupt(const struct turning *turning, const struct knob *knob)
{
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "irq/%lu/smp_affinity", strtoul(knob->key, NULL, 10));
	r = turn_interrupts(turning->host, path, &knob->want.cpus);
	/* Its driver has freed it meanwhile. */
	return r == -ENOENT ? 1 : r;
}

static int turn_workqueue(const struct turning *turning, const struct knob *knob)
{
	const struct host *host = turning->host;
	struct cpuset_mask mask = cpuset_mask_text(&knob->want.cpus);
	struct cpuset now = { 0 };
	int r = host->kernel->write(host, WORKQUEUE_MASK, mask.s, DEADLINE_MS);

	if (r == 0)
		r = workqueue_read_mask(host, &now);
	return r < 0 ? r : cpuset_same(&now, &knob->want.cpus) ? 0 : TURN_NO_EFFECT;
}

/*
 * Where nothing is set any more, the kernel refuses to forget a mask while a process is in the group, and
 * systemd does not say so: all CPUs first, which is as good. A unit that has gone meanwhile needs nothing.
 */
static int turn_allowed(const struct turning *turning, const struct knob *knob)
{
	const struct host *host = turning->host;
	const char *unit = group_unit(knob->key);
	struct cpuset now = { 0 };
	int r = 0;

	if (cpuset_is_empty(&knob->want.cpus))
		r = host->manager->set_allowed_cpus(host, unit, turning->online, DEADLINE_MS);
	if (r == 0)
		r = host->manager->set_allowed_cpus(host, unit, &knob->want.cpus, DEADLINE_MS);
	if (r == 0)
		r = host->manager->get_allowed_cpus(host, unit, &now, DEADLINE_MS);
	if (r < 0)
		return r == -ENOENT ? 1 : r;
	return cpuset_same(&now, &knob->want.cpus) ? 0 : TURN_NO_EFFECT;
}

/* Whether a control group has gone, and not just its file, which is there only while the controller is. */
static bool is_gone(const struct host *host, const char *group)
{
	char path[PATH_SIZE];
	int fd CLOSE_FD = -1;

	(void)snprintf(path, sizeof(path), CGROUP "%s", group);
	fd = beneath_open(host->sys, path, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	return fd == -ENOENT;
}

struct group_question {
	const struct host *host;
	const char *group, *path;
	const struct cpuset *want;
};

static int ask_group(void *data)
{
	const struct group_question *question = data;
	struct cpuset now;
	int r = cpus_read_list(question->host->sys, question->path, &now);

	if (r == -ENOENT)
		return is_gone(question->host, question->group) ? r : 0;
	return r < 0 ? r : cpuset_same(&now, question->want);
}

/* systemd may answer before it has written. */
static int await_allowed(const struct turning *turning, const struct knob *knob, const char *path)
{
	const struct knob *allowed = knobs_find(turning->knobs, KNOB_ALLOWED, knob->key);
	struct group_question question = { .host = turning->host, .group = knob->key, .path = path };
	int r;

	if (!allowed || !allowed->seen || cpuset_is_empty(&allowed->want.cpus))
		return 0;
	question.want = &allowed->want.cpus;
	r = clock_await(ask_group, &question, DEADLINE_MS);
	return r == 0 ? -ETIMEDOUT : r < 0 ? r : 0;
}

/* Returns 0 when nothing is set, or all CPUs are, which is the same where the kernel does not forget. */
static int clear_cpuset(const struct turning *turning, const char *path)
{
	const struct host *host = turning->host;
	struct cpuset now;
	int r = cpus_read_list(host->sys, path, &now);

	/* Without the controller there is nothing to clear. */
	if (r == -ENOENT || (r == 0 && cpuset_is_empty(&now)))
		return 0;
	if (r == 0)
		r = host->kernel->write(host, path, "\n", DEADLINE_MS);
	if (r == -ENOSPC && !cpuset_same(&now, turning->online))
		r = host->kernel->write(host, path, cpuset_text(turning->online).s, DEADLINE_MS);
	if (r == 0 || r == -ENOSPC)
		r = cpus_read_list(host->sys, path, &now);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return cpuset_is_empty(&now) || cpuset_same(&now, turning->online) ? 0 : TURN_NO_EFFECT;
}

static int set_cpuset(const struct host *host, const char *path, const struct cpuset *want)
{
	struct cpuset now;
	int r = cpus_read_list(host->sys, path, &now);

	if (r == 0 && !cpuset_same(&now, want)) {
		r = host->kernel->write(host, path, cpuset_text(want).s, DEADLINE_MS);
		if (r == 0)
			r = cpus_read_list(host->sys, path, &now);
	}
	return r < 0 ? r : cpuset_same(&now, want) ? 0 : TURN_NO_EFFECT;
}

/* What systemd does not write, or not take back, is written here. */
static int turn_cpuset(const struct turning *turning, const struct knob *knob)
{
	const struct host *host = turning->host;
	char path[PATH_SIZE];
	int r;

	(void)snprintf(path, sizeof(path), CGROUP "%s/cpuset.cpus", knob->key);
	r = await_allowed(turning, knob, path);
	if (r == 0)
		r = cpuset_is_empty(&knob->want.cpus) ? clear_cpuset(turning, path)
						      : set_cpuset(host, path, &knob->want.cpus);
	return (r == -ENOENT || r == -ENODEV) && is_gone(host, knob->key) ? 1 : r;
}

/* One that holds anything else stays. */
static int remove_directory(int above, const char *name)
{
	if (unlinkat(above, name, AT_REMOVEDIR) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST)
		return 0;
	return -errno;
}

/* What systemd made for us goes; it makes it by itself. */
static int turn_dropin(const struct turning *turning, const struct knob *knob)
{
	const char *before = knob->want.word, *name;
	int systemd CLOSE_FD = -1, above CLOSE_FD = -1, own CLOSE_FD = -1;
	char path[PATH_SIZE];
	int r = 0;

	if (strcmp(before, DROPIN_FILE) == 0)
		return 1;
	systemd = beneath_open(turning->host->run, "systemd", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (systemd < 0)
		return systemd == -ENOENT ? 1 : systemd;
	name = dropin_directory(systemd, group_unit(knob->key));
	above = beneath_open(systemd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	(void)snprintf(path, sizeof(path), "%s.d", group_unit(knob->key));
	if (above < 0)
		return above == -ENOENT ? 1 : above;
	own = beneath_open(above, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (own < 0 && own != -ENOENT)
		return own;
	if (own >= 0 && unlinkat(own, DROPIN_NAME, 0) < 0 && errno != ENOENT)
		return -errno;
	if (own >= 0 && strcmp(before, DROPIN_DIRECTORY) != 0)
		r = remove_directory(above, path);
	if (r == 0 && strcmp(before, DROPIN_NOTHING) == 0)
		r = remove_directory(systemd, name);
	return r;
}

/* Before Linux 6.2 the kernel keeps no CPUs that are offline when it is told (k: 3fb906e7fabb). */
static int compare_thread(const struct turning *turning, const struct cpuset *want, const struct cpuset *now)
{
	struct cpuset least = *want;

	if (cpuset_same(now, want))
		return 0;
	cpuset_keep_all(&least, turning->online);
	return cpuset_contains(want, now) && cpuset_contains(now, &least) ? TURN_CUT : TURN_NO_EFFECT;
}

static int turn_thread(const struct turning *turning, const struct knob *knob)
{
	const struct host *host = turning->host;
	bool is_online = cpuset_contains(turning->online, &knob->want.cpus);
	struct cpuset now;
	uint64_t start;
	char *end;
	pid_t tid = (pid_t)strtol(knob->key, &end, 10);
	int r = process_probe_start(host, tid, &start);

	/* It has ended, and its number may be another's. */
	if (r <= 0 || start != strtoull(end, NULL, 10))
		return r < 0 ? r : 1;
	r = host->kernel->set_affinity(host, tid, &knob->want.cpus);
	if (r == 0)
		r = knob->frail || is_online ? host->kernel->get_affinity(host, tid, &now)
					     : thread_probe_cpus(host, tid, &now);
	if (r < 0)
		return r == -ESRCH ? 1 : r;
	return compare_thread(turning, &knob->want.cpus, &now);
}

static int turn_latency(const struct turning *turning, const struct knob *knob)
{
	const struct host *host = turning->host;
	char path[96];

	(void)snprintf(path, sizeof(path), "devices/system/cpu/cpu%lu/power/pm_qos_resume_latency_us",
		strtoul(knob->key, NULL, 10));
	return turn_word(host, path, knob->want.word);
}

static int turn_policy(const struct host *host, const struct knob *knob, const char *attribute)
{
	char path[96];

	(void)snprintf(
		path, sizeof(path), "devices/system/cpu/cpufreq/policy%lu/%s", strtoul(knob->key, NULL, 10), attribute);
	return turn_word(host, path, knob->want.word);
}

static int turn_governor(const struct turning *turning, const struct knob *knob)
{
	const struct host *host = turning->host;
	return turn_policy(host, knob, "scaling_governor");
}

/* While the governor is performance, some drivers take no other preference, and need none. */
static int turn_preference(const struct turning *turning, const struct knob *knob)
{
	const struct host *host = turning->host;
	int r = turn_policy(host, knob, "energy_performance_preference");

	return r == -EBUSY && strcmp(knob->want.word, "performance") == 0 ? 1 : r;
}

static const struct {
	int (*turn)(const struct turning *turning, const struct knob *knob);
	bool optional;
	const char *what; /* with the key: %s the name in it, %n the number before that */
} kinds[] = {
	[KNOB_BALANCER] = { turn_balancer, true, "CPUs that irqbalance leaves alone" },
	[KNOB_DEFAULT] = { turn_default, false, "CPUs for new interrupts" },
	[KNOB_INTERRUPT] = { turn_interrupt, true, "CPUs of interrupt " },
	[KNOB_WORKQUEUE] = { turn_workqueue, false, "CPUs of unbound workqueues" },
	[KNOB_ALLOWED] = { turn_allowed, false, "AllowedCPUs of " },
	[KNOB_CPUSET] = { turn_cpuset, false, "cpuset.cpus of " },
	[KNOB_DROPIN] = { turn_dropin, true, "systemd's drop-in of " },
	[KNOB_THREAD] = { turn_thread, true, "CPUs of thread " },
	[KNOB_LATENCY] = { turn_latency, true, "pm_qos_resume_latency_us of CPU " },
	[KNOB_GOVERNOR] = { turn_governor, false, "governor of cpufreq policy " },
	[KNOB_PREFERENCE] = { turn_preference, true, "energy_performance_preference of cpufreq policy " },
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == KNOB_KINDS_, "a kind of knob is not in the table");

int knob_turn(const struct turning *turning, const struct knob *knob)
{
	return kinds[knob->kind].turn(turning, knob);
}

bool knob_kind_is_optional(enum knob_kind kind)
{
	return kinds[kind].optional;
}

void knob_describe(struct text *text, const struct knob *knob)
{
	text_add(text, "%s", kinds[knob->kind].what);
	knob_describe_key(text, knob);
}

void knob_describe_key(struct text *text, const struct knob *knob)
{
	if (strcmp(knob->key, "-") == 0 || knob->kind == KNOB_BALANCER)
		return;
	text_add(text, "'");
	text_add_foreign(text, knob->key);
	text_add(text, "'");
}

void knob_describe_value(struct text *text, enum knob_kind kind, const union knob_value *value)
{
	if (knob_kind_has_words(kind)) {
		text_add(text, "'");
		text_add_foreign(text, value->word);
		text_add(text, "'");
	} else {
		text_add(text, "%s", cpuset_is_empty(&value->cpus) ? "not set" : cpuset_text(&value->cpus).s);
	}
}
