// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads whose CPUs are their own: those of the kernel that may be moved (kthread(9)), and on kernels that take them
 * away, of user space.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/cpus.h"
#include "probe/knobs_look.h"
#include "probe/listing.h"
#include "probe/process_stat.h"
#include "probe/thread.h"
#include "probe/vm.h"

/* The parent of all threads of the kernel, which do not inherit its CPUs (k: kthread() in kernel/kthread.c). */
#define KTHREADD 2

/* Since then a narrowed control group gives threads their own CPUs back (k: 8f9ea86fdf99, da019032819a). */
#define KEEPS_MAJOR 6
#define KEEPS_MINOR 2

struct knob *thread_see(struct knobs_look *look, pid_t tid, uint64_t start, const struct cpuset *cpus)
{
	char key[48];

	(void)snprintf(key, sizeof(key), "%d %" PRIu64, (int)tid, start);
	return knobs_look_cpus(look, KNOB_THREAD, key, cpus);
}

/* What the kernel makes for a VM is in its control group: the index of its claim, or -1. */
static int find_claim(const struct knobs_look *look, pid_t tid, const struct process_stat *stat)
{
	const struct machine_group *machine = NULL;
	char group[KNOB_KEY_SIZE];

	if (stat->name_length < 6 || (memcmp(stat->name, "vhost-", 6) != 0 && memcmp(stat->name, "kvm-", 4) != 0))
		return -1;
	if (process_probe_group(look->host, tid, group, sizeof(group)) == 0)
		machine = groups_find_machine(look->groups, group);
	return machine ? machine->claim : -1;
}

/* Those of user space are in control groups, which leave them no CPUs that are offline. */
static int read_cpus(const struct knobs_look *look, pid_t tid, const struct process_stat *stat, struct cpuset *ret)
{
	if (stat->flags & PROCESS_FLAG_KERNEL && !look->whole)
		return thread_probe_cpus(look->host, tid, ret);
	return look->host->kernel->get_affinity(look->host, tid, ret);
}

static void look_at_thread(struct knobs_look *look, pid_t tid)
{
	char text[PROCESS_STAT_SIZE];
	struct process_stat stat;
	struct knob *knob;
	struct cpuset cpus;

	if (process_stat_read(look->host, tid, text, &stat) <= 0)
		return;
	if (!(stat.flags & PROCESS_FLAG_KERNEL) || stat.flags & PROCESS_FLAG_IMMOBILE)
		return;
	if (read_cpus(look, tid, &stat, &cpus) < 0)
		return;
	knob = thread_see(look, tid, stat.start, &cpus);
	if (knob)
		knob->exempt = find_claim(look, tid, &stat);
}

/* The number at the end of the first n bytes may go on behind them. Returns how many bytes are left for then. */
static size_t take_numbers(struct knobs_look *look, char *text, size_t n)
{
	char *word = text, *blank;
	size_t left;

	for (; (blank = memchr(word, ' ', (size_t)(text + n - word))); word = blank + 1) {
		pid_t tid;

		*blank = '\0';
		tid = listing_number(word);
		if (tid > 0)
			look_at_thread(look, tid);
	}
	left = (size_t)(text + n - word);
	memmove(text, word, left);
	return left;
}

/* Returns -ENOENT where the kernel does not list children (CONFIG_PROC_CHILDREN). */
static int look_at_children(struct knobs_look *look)
{
	int fd CLOSE_FD = beneath_open(look->host->proc, "2/task/2/children", O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	char text[8192];
	size_t have = 0;
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	while (have < sizeof(text) && (n = read(fd, text + have, sizeof(text) - have)) > 0)
		have = take_numbers(look, text, have + (size_t)n);
	return n < 0 ? -errno : 0;
}

int processes_each(struct knobs_look *look, void (*visit)(struct knobs_look *look, pid_t pid))
{
	int directory CLOSE_FD = beneath_open(look->host->proc, ".", O_RDONLY | O_DIRECTORY, 0);
	_Alignas(uint64_t) char entries[16384];
	struct listing listing = { .fd = directory, .buffer = entries, .size = sizeof(entries) };
	const char *name;
	int r;

	if (directory < 0)
		return directory;
	while ((r = listing_next(&listing, &name)) > 0) {
		if (listing_number(name) > 0)
			visit(look, listing_number(name));
	}
	return r;
}

/* Those of the ledger that were not seen: they are no longer what makes them one, and are to be given back. */
static void look_at_known(struct knobs_look *look, bool keeps)
{
	for (unsigned int i = 0; i < look->knobs->n_knobs; i++) {
		struct knob *knob = &look->knobs->knobs[i];
		char text[PROCESS_STAT_SIZE], *end;
		struct process_stat stat;
		struct cpuset cpus;
		uint64_t start;
		pid_t number;

		if (knob->kind != KNOB_THREAD || !knob->known || knob->seen)
			continue;
		number = (pid_t)strtol(knob->key, &end, 10);
		start = strtoull(end, NULL, 10);
		if (number <= 0 || process_stat_read(look->host, number, text, &stat) <= 0 || stat.start != start)
			continue;
		if (read_cpus(look, number, &stat, &cpus) < 0)
			continue;
		knob->frail = !keeps && !(stat.flags & PROCESS_FLAG_KERNEL);
		(void)thread_see(look, number, start, &cpus);
	}
}

/* "6.1.0-18-amd64". A version that is not understood keeps them: to look at all is to change what is not ours. */
static bool kernel_keeps_cpus(const struct host *host)
{
	unsigned long major, minor;
	char text[256], *end;

	if (attribute_read(host->proc, "sys/kernel/osrelease", text, sizeof(text)) < 0)
		return true;
	major = strtoul(text, &end, 10);
	if (end == text || *end != '.' || end[1] < '0' || end[1] > '9')
		return true;
	minor = strtoul(end + 1, NULL, 10);
	return major > KEEPS_MAJOR || (major == KEEPS_MAJOR && minor >= KEEPS_MINOR);
}

void knobs_look_threads(struct knobs_look *look)
{
	const unsigned int groups = 1u << KNOB_ALLOWED | 1u << KNOB_CPUSET;
	bool changes = look->isolates || look->known & groups, keeps = kernel_keeps_cpus(look->host);
	struct cpuset possible, unused;
	int r;

	if (!knobs_look_wants(look, KNOB_THREAD) && (keeps || !changes))
		return;
	r = look->host->kernel->get_affinity(look->host, getpid(), &unused);
	if (r < 0 && r != -ESRCH) {
		look->knobs->blind |= 1U << KNOB_THREAD;
		notes_add(
			look->notes, "cannot ask where threads of the kernel run, which stay there: %s", strerror(-r));
		return;
	}
	look->whole = cpus_read_list(look->host->sys, "devices/system/cpu/possible", &possible) >= 0 &&
		      cpuset_same(&possible, &look->online);
	if (look->isolates) {
		look_at_thread(look, KTHREADD);
		r = look_at_children(look);
		if (r == -ENOENT)
			r = processes_each(look, look_at_thread);
		if (r < 0)
			notes_add(look->notes, "cannot list the threads of the kernel, which stay where they are: %s",
				strerror(-r));
	}
	if (changes && !keeps)
		tasks_look(look);
	look_at_known(look, keeps);
}
