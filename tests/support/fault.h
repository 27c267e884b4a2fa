/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: faults. What a handover does to the world is counted: changes asked of the fake kernel, and writes and
 * removals of files (write and unlinkat, wrapped by the linker where a test wants that). At one of them something
 * goes wrong. Likewise reads of files, for the test of what only reads: a file of sysfs that is open, and whose device
 * goes, answers -ENODEV, and no file system for tests does.
 */
#pragma once

enum fault_kind {
	FAULT_NONE,
	FAULT_ERROR,        /* it fails, without effect */
	FAULT_ERROR_AFTER,  /* it fails, and has had its effect */
	FAULT_IGNORED,      /* it is accepted, without effect */
	FAULT_HALF,         /* a write of a file ends half-way, and the rest fails */
	FAULT_DEATH_BEFORE, /* the process ends with FAULT_DEATH_STATUS */
	FAULT_DEATH_AFTER,
	FAULT_MEDDLE, /* somebody else does something just before */
};

/* What is counted. */
enum {
	FAULT_KERNEL = 1 << 0,
	FAULT_FILE = 1 << 1,
	FAULT_ALL = FAULT_KERNEL | FAULT_FILE,
	FAULT_READ = 1 << 2, /* which changes nothing */
};

#define FAULT_DEATH_STATUS 77

struct fault {
	enum fault_kind kind;
	unsigned int scope; /* a mask of what is counted */
	unsigned int at;    /* counted from 1 */
	int error;          /* an errno */
	void (*meddle)(void *data);
	void *data;
};

/* From now on; the count starts again. fault_disarm() only counts. */
void fault_arm(const struct fault *fault);
void fault_disarm(unsigned int scope);

/* How many since it was armed. */
unsigned int fault_count(void);

/*
 * Around an operation. fault_enter() returns 0 when it is to be done, 1 when it is to be skipped as if it were done,
 * or -errno. fault_leave() is called when it was done, and returns what to return. In between nothing is counted.
 */
int fault_enter(unsigned int what);
int fault_leave(int result);

/* What is awaited comes at once or never: no wait is longer than that many ms, where a test wraps clock_await. */
extern int fault_patience_ms;

/* What others do while something is awaited: called before the question is asked for the n-th time, from 1. NULL. */
extern void (*fault_meanwhile)(unsigned int n);
