// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * watch-cpus observe SECONDS CPULIST [PID...]: what ran on these CPUs for so long, but for the threads of these PIDs.
 * watch-cpus threads: every thread whose affinity can be set, a line each: its number, when it began, its name, its
 * affinity. That of the others is the kernel's: workers, and those that rescue work, follow what they work at.
 *
 * observe prints five counts, and below each what it is made of:
 *
 *	user N		threads of user space that ran there
 *	kernel N	kernel threads that ran there and could run elsewhere, unbound kworkers among them
 *	bound N		kernel threads that cannot: one for each CPU
 *	interrupts N	interrupts of devices delivered there
 *	work N		items of the module busy_work that ran there
 *
 * A thread ran there when its schedstat has grown since the last look and its stat names one of these CPUs: one that
 * has slept there since before is not counted. What begins and ends between two looks is not seen.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab-cpus.h"

#define LOOK_EVERY_US     20000
#define PF_KTHREAD        0x00200000
#define PF_NO_SETAFFINITY 0x04000000

enum kind { USER, KERNEL, BOUND, KINDS };

static const char *const kind_names[] = { "user", "kernel", "bound" };

struct thread {
	int tid, pid;
	unsigned long long ran_ns, there_ns;
	bool there;
	enum kind kind;
	cpu_set_t where;
	char name[64], group[132];
};

static struct thread threads[16384]; /* by number, with open addressing; a number is not used again that soon */
static cpu_set_t watched;
static int left_out[16], n_left_out;

static struct thread *thread_find(int tid)
{
	unsigned int i = (unsigned int)tid * 2654435761u % 16384, tries;

	for (tries = 0; tries < 16384; tries++, i = (i + 1) % 16384)
		if (!threads[i].tid || threads[i].tid == tid)
			return &threads[i];
	errx(1, "too many threads");
}

static bool stat_read(int pid, int tid, struct thread_stat *ret)
{
	char path[64], text[1024];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	return file_read(path, text, sizeof(text)) && thread_stat_parse(text, ret);
}

/* A worker of an unbound workqueue, and the thread of an interrupt, follow masks that can be set. */
static enum kind kind_of(const struct thread_stat *stat)
{
	if (!(stat->flags & PF_KTHREAD))
		return USER;
	if (!(stat->flags & PF_NO_SETAFFINITY) || !strncmp(stat->name, "kworker/u", 9) ||
		!strncmp(stat->name, "irq/", 4))
		return KERNEL;
	return BOUND;
}

/* What a kworker does at this moment is part of its name, and so is its own number. */
static void worker_shorten(char *name)
{
	if (!strncmp(name, "kworker/", 8))
		name[strcspn(name, !strncmp(name, "kworker/u", 9) ? ":" : "-+")] = 0;
}

static void group_read(int pid, char *group, size_t size)
{
	char path[64], text[132];

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	if (!file_read(path, text, sizeof(text)) || strncmp(text, "0::", 3))
		return;
	text[strcspn(text, "\n")] = 0;
	snprintf(group, size, "%s", text + 3); /* cut where it is too long */
}

static void there(struct thread *thread, const struct thread_stat *stat, unsigned long long ns)
{
	thread->kind = kind_of(stat);
	thread->there_ns += ns;
	CPU_SET(stat->cpu, &thread->where);
	snprintf(thread->name, sizeof(thread->name), "%s", stat->name);
	worker_shorten(thread->name);
	if (!thread->there && thread->kind == USER)
		group_read(thread->pid, thread->group, sizeof(thread->group));
	thread->there = true;
}

static void look_at(int pid, int tid, bool first)
{
	struct thread *thread = thread_find(tid);
	struct thread_stat stat;
	unsigned long long ran, before = thread->ran_ns;
	char path[64], text[128];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", pid, tid);
	if (!file_read(path, text, sizeof(text)))
		return;
	ran = strtoull(text, NULL, 10);
	thread->tid = tid;
	thread->pid = pid;
	thread->ran_ns = ran;
	if (!first && ran != before && stat_read(pid, tid, &stat) && CPU_ISSET(stat.cpu, &watched))
		there(thread, &stat, ran - before);
}

static bool is_left_out(int pid)
{
	for (int i = 0; i < n_left_out; i++)
		if (left_out[i] == pid)
			return true;
	return pid == getpid();
}

static void look(bool first)
{
	struct walk walk;
	int pid, tid;

	for (walk_begin(&walk); walk_next(&walk, &pid, &tid);)
		if (!is_left_out(pid))
			look_at(pid, tid, first);
}

/* Threads of one name and group are one line. */
static void kind_print(enum kind kind)
{
	unsigned int n = 0, i, j, same;

	for (i = 0; i < 16384; i++)
		n += threads[i].there && threads[i].kind == kind;
	printf("%s %u\n", kind_names[kind], n);
	for (i = 0; i < 16384; i++) {
		struct thread *a = &threads[i];

		if (!a->there || a->kind != kind)
			continue;
		for (j = i + 1, same = 1; j < 16384; j++) {
			struct thread *b = &threads[j];

			if (!b->there || b->kind != kind || strcmp(a->name, b->name) || strcmp(a->group, b->group))
				continue;
			a->there_ns += b->there_ns;
			CPU_OR(&a->where, &a->where, &b->where);
			b->there = false;
			same++;
		}
		printf("    %s%s%s, %u threads, %llu us on", a->name, *a->group ? " of " : "", a->group, same,
			a->there_ns / 1000);
		for (j = 0; j < CPU_SETSIZE; j++)
			if (CPU_ISSET(j, &a->where))
				printf(" %u", j);
		puts("");
	}
}

/* The watcher itself stays off the CPUs that it watches. */
static void step_aside(void)
{
	cpu_set_t mine;

	if (sched_getaffinity(0, sizeof(mine), &mine) < 0)
		err(1, "cannot read the affinity");
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &watched))
			CPU_CLR(i, &mine);
	if (sched_setaffinity(0, sizeof(mine), &mine) < 0)
		err(1, "cannot leave the CPUs that are watched");
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int observe(double seconds)
{
	static struct counts before, after;
	unsigned int looks = 0;
	double begin;

	step_aside();
	look(true);
	counts_read(&watched, &before);
	for (begin = now(); now() - begin < seconds; looks++) {
		usleep(LOOK_EVERY_US);
		look(false);
	}
	counts_read(&watched, &after);
	for (int kind = 0; kind < KINDS; kind++)
		kind_print(kind);
	counts_print(&before, &after);
	printf("looks %u\n", looks);
	return 0;
}

static int threads_print(void)
{
	struct thread_stat stat;
	struct walk walk;
	cpu_set_t mask;
	int pid, tid;

	for (walk_begin(&walk); walk_next(&walk, &pid, &tid);) {
		if (pid == getpid() || !stat_read(pid, tid, &stat) || sched_getaffinity(tid, sizeof(mask), &mask) < 0)
			continue;
		if (stat.flags & PF_NO_SETAFFINITY)
			continue;
		printf("thread %d %llu (%s) ", tid, stat.start, stat.name);
		for (int i = 0; i < CPU_SETSIZE; i++)
			if (CPU_ISSET(i, &mask))
				printf("%d,", i);
		puts("");
	}
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc == 2 && !strcmp(argv[1], "threads"))
		return threads_print();
	if (argc < 4 || strcmp(argv[1], "observe"))
		errx(2, "usage: watch-cpus observe SECONDS CPULIST [PID...] | watch-cpus threads");
	if (!cpus_parse(argv[3], &watched))
		errx(2, "'%s' is no list of CPUs", argv[3]);
	for (int i = 4; i < argc && n_left_out < 16; i++)
		left_out[n_left_out++] = atoi(argv[i]);
	return observe(atof(argv[2]));
}
