// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench HOOK EMPTY DOMAIN.xml: the hook, called for a domain without a hostdev, against the empty program; whole
 * processes, by turns, the medians and their ratio. Run as root, or the hook ends before it reads anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define RUNS 200

extern char **environ;

/* µs from before the process is made until it has ended; ends the bench when it did not end well. */
static uint64_t run(const char *program, const char *input)
{
	char *const arguments[] = { (char *)program, (char *)"web", (char *)"prepare", (char *)"begin", (char *)"-",
		NULL };
	posix_spawn_file_actions_t actions;
	uint64_t begin = clock_now_us();
	int status, r;
	pid_t child;

	if (posix_spawn_file_actions_init(&actions) != 0 ||
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0) != 0)
		exit(1);
	r = posix_spawn(&child, program, &actions, NULL, arguments, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r != 0 || waitpid(child, &status, 0) < 0 || status != 0) {
		(void)fprintf(stderr, "bench: '%s' failed\n", program);
		exit(1);
	}
	return clock_now_us() - begin;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t median(uint64_t *times)
{
	qsort(times, RUNS, sizeof(times[0]), compare);
	return times[RUNS / 2];
}

int main(int argc, char *argv[])
{
	static uint64_t hook[RUNS], empty[RUNS];
	uint64_t hook_median, empty_median;

	if (argc != 4 || geteuid() != 0) {
		(void)fputs("usage, as root: bench HOOK EMPTY DOMAIN.xml\n", stderr);
		return 2;
	}
	for (int i = 0; i < RUNS; i++) {
		hook[i] = run(argv[1], argv[3]);
		empty[i] = run(argv[2], argv[3]);
	}
	hook_median = median(hook);
	empty_median = median(empty);
	(void)printf("hook, domain without hostdev: %" PRIu64 " us; empty program with libxml2: %" PRIu64
		     " us; ratio %.2f (medians of %d)\n",
		hook_median, empty_median, (double)hook_median / (double)empty_median, RUNS);
	return 0;
}
