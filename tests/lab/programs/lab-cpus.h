/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What watch-cpus reads: threads in /proc, and what is counted by CPU. */
#pragma once

#include <dirent.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads a small file as text. False when it cannot be read: threads end at any moment. */
bool file_read(const char *path, char *text, size_t size);

/* As in "4-5,7". */
bool cpus_parse(const char *text, cpu_set_t *ret);

/* proc(5), /proc/PID/task/TID/stat. */
struct thread_stat {
	char name[64];
	unsigned int flags;
	int cpu;
	unsigned long long start;
};

bool thread_stat_parse(const char *text, struct thread_stat *ret);

/* All threads of all processes. walk_next() returns false after the last. */
struct walk {
	DIR *proc, *task;
	int pid;
};

void walk_begin(struct walk *walk);
bool walk_next(struct walk *walk, int *ret_pid, int *ret_tid);

/* Interrupts of devices on some CPUs (/proc/interrupts), and items of busy_work. */
#define COUNTS_MAX 512

struct counts {
	unsigned int n;
	struct {
		unsigned int number;
		unsigned long long count;
		char name[96];
	} interrupts[COUNTS_MAX];
	unsigned long long system_work, own_work;
};

void counts_read(const cpu_set_t *cpus, struct counts *ret);
void counts_print(const struct counts *before, const struct counts *after);
