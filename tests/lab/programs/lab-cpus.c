// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "lab-cpus.h"

#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool file_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return n > 0;
}

bool cpus_parse(const char *text, cpu_set_t *ret)
{
	unsigned long first, last;
	char *end;

	CPU_ZERO(ret);
	for (;; text = end + 1) {
		if (!isdigit((unsigned char)*text))
			return false;
		first = last = strtoul(text, &end, 10);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && first < CPU_SETSIZE; first++)
			CPU_SET(first, ret);
		if (*end != ',')
			return !*end;
	}
}

/* The name is in brackets and may hold any character; the state is field 3. */
bool thread_stat_parse(const char *text, struct thread_stat *ret)
{
	const char *open = strchr(text, '('), *end = strrchr(text, ')');

	if (!open || !end || (size_t)(end - open) > sizeof(ret->name))
		return false;
	*ret = (struct thread_stat){ 0 };
	memcpy(ret->name, open + 1, (size_t)(end - open - 1));
	return sscanf(end + 1,
		       " %*c %*d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu"
		       " %*u %*d %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %d",
		       &ret->flags, &ret->start, &ret->cpu) == 3;
}

void walk_begin(struct walk *walk)
{
	*walk = (struct walk){ .proc = opendir("/proc") };
	if (!walk->proc)
		err(1, "cannot read /proc");
}

static int number_next(DIR *dir) /* the name of the next entry that is a number; 0 after the last */
{
	struct dirent *entry;

	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)*entry->d_name))
			return atoi(entry->d_name);
	return 0;
}

bool walk_next(struct walk *walk, int *ret_pid, int *ret_tid)
{
	char path[32];

	for (;;) {
		if (walk->task) {
			*ret_pid = walk->pid;
			*ret_tid = number_next(walk->task);
			if (*ret_tid)
				return true;
			closedir(walk->task);
			walk->task = NULL;
		}
		walk->pid = number_next(walk->proc);
		if (!walk->pid) {
			closedir(walk->proc);
			return false;
		}
		snprintf(path, sizeof(path), "/proc/%d/task", walk->pid);
		walk->task = opendir(path);
	}
}

static unsigned int columns_read(const char *line, int *cpus, unsigned int max) /* "  CPU0  CPU1 ..." */
{
	unsigned int n = 0;

	while (n < max && (line = strstr(line, "CPU")))
		cpus[n++] = (int)strtol(line += 3, NULL, 10);
	return n;
}

static void work_read(const cpu_set_t *cpus, struct counts *ret)
{
	FILE *file = fopen("/sys/kernel/debug/busy_work/ran", "re");
	unsigned long long system, own;
	unsigned int cpu;

	if (!file)
		return;
	while (fscanf(file, "%u %llu %llu", &cpu, &system, &own) == 3)
		if (CPU_ISSET(cpu, cpus)) {
			ret->system_work += system;
			ret->own_work += own;
		}
	fclose(file);
}

void counts_read(const cpu_set_t *cpus, struct counts *ret)
{
	FILE *file = fopen("/proc/interrupts", "re");
	int columns[256];
	unsigned int n;
	char line[8192];

	*ret = (struct counts){ 0 };
	if (!file || !fgets(line, sizeof(line), file))
		err(1, "cannot read /proc/interrupts");
	n = columns_read(line, columns, 256);
	while (fgets(line, sizeof(line), file) && ret->n < COUNTS_MAX) {
		char *at = line + strspn(line, " ");
		unsigned int i;

		if (!isdigit((unsigned char)*at)) /* of no device: timers, calls between CPUs */
			continue;
		ret->interrupts[ret->n].number = (unsigned int)strtoul(at, &at, 10);
		for (at++, i = 0; i < n; i++) {
			unsigned long long count = strtoull(at, &at, 10);

			if (CPU_ISSET(columns[i], cpus))
				ret->interrupts[ret->n].count += count;
		}
		at[strcspn(at, "\n")] = 0;
		snprintf(ret->interrupts[ret->n++].name, sizeof(ret->interrupts->name), "%s", at + strspn(at, " "));
	}
	fclose(file);
	work_read(cpus, ret);
}

static unsigned long long count_of(const struct counts *counts, unsigned int number)
{
	for (unsigned int i = 0; i < counts->n; i++)
		if (counts->interrupts[i].number == number)
			return counts->interrupts[i].count;
	return 0;
}

static unsigned long long grown(const struct counts *before, const struct counts *after, unsigned int i)
{
	return after->interrupts[i].count - count_of(before, after->interrupts[i].number);
}

void counts_print(const struct counts *before, const struct counts *after)
{
	unsigned long long sum = 0, system = after->system_work - before->system_work,
			   own = after->own_work - before->own_work;
	unsigned int i;

	for (i = 0; i < after->n; i++)
		sum += grown(before, after, i);
	printf("interrupts %llu\n", sum);
	for (i = 0; i < after->n; i++)
		if (grown(before, after, i))
			printf("    %u %s, %llu\n", after->interrupts[i].number, after->interrupts[i].name,
				grown(before, after, i));
	printf("work %llu\n    %llu of the system's queue, %llu of its own\n", system + own, system, own);
}
