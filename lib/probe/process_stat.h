/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the text of /proc/PID/stat (proc(5)), whose second field is a name that may hold anything. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/host.h"

struct process_stat {
	const char *name; /* in the text, without its end: what a process calls itself */
	size_t name_length;
	char state;         /* R, S, D, Z, … */
	uint64_t flags;     /* PROCESS_FLAG_ */
	uint64_t n_threads; /* with its leader */
	uint64_t start;     /* in clock ticks since boot */
};

/* PF_KTHREAD and PF_NO_SETAFFINITY of the kernel's include/linux/sched.h, which have kept their numbers. */
#define PROCESS_FLAG_KERNEL   0x00200000u
#define PROCESS_FLAG_IMMOBILE 0x04000000u /* its CPUs cannot be changed */

/* Enough for any, whatever the process calls itself. */
#define PROCESS_STAT_SIZE 1024

/*
 * Reads that of a process into text, which *ret then points into. Returns 1; 0 when the process is gone; -EBADMSG;
 * -errno.
 */
int process_stat_read(const struct host *host, pid_t pid, char text[PROCESS_STAT_SIZE], struct process_stat *ret);

/* Returns 0, or -EBADMSG and leaves *ret as it was. Pure. */
int process_stat_parse(const char *text, struct process_stat *ret);
