// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench HOOK UDEV EMPTY DOMAIN.xml SYSROOT DEVPATH: the hook, called for a domain without a hostdev, and udev's helper,
 * asked of a device of a recorded machine, against the empty program; whole processes, by turns, the medians and their
 * ratio. Run as root, or the hook ends before it reads anything.
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

/* A program to measure. */
struct subject {
	char *arguments[6];
	uint64_t times[RUNS];
};

/* µs from before the process is made until it has ended; ends the bench when it did not end well. */
static uint64_t run(char *const arguments[], const char *input)
{
	posix_spawn_file_actions_t actions;
	uint64_t begin = clock_now_us();
	int status, r;
	pid_t child;

	if (posix_spawn_file_actions_init(&actions) != 0 ||
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0) != 0 ||
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0)
		exit(1);
	r = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r != 0 || waitpid(child, &status, 0) < 0 || status != 0) {
		(void)fprintf(stderr, "bench: '%s' failed\n", arguments[0]);
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
	static char domain[] = "web", operation[] = "prepare", step[] = "begin", dash[] = "-", sysroot[] = "--sysroot";
	static struct subject subjects[3];
	uint64_t hook, udev, empty;

	if (argc != 7 || geteuid() != 0) {
		(void)fputs("usage, as root: bench HOOK UDEV EMPTY DOMAIN.xml SYSROOT DEVPATH\n", stderr);
		return 2;
	}
	subjects[0] = (struct subject){ .arguments = { argv[1], domain, operation, step, dash } };
	subjects[1] = (struct subject){ .arguments = { argv[2], sysroot, argv[5], argv[6] } };
	subjects[2] = (struct subject){ .arguments = { argv[3] } };
	for (int i = 0; i < RUNS; i++) {
		for (int j = 0; j < 3; j++)
			subjects[j].times[i] = run(subjects[j].arguments, argv[4]);
	}
	hook = median(subjects[0].times);
	udev = median(subjects[1].times);
	empty = median(subjects[2].times);
	(void)printf("hook, domain without hostdev: %" PRIu64 " us; empty program with libxml2: %" PRIu64
		     " us; ratio %.2f (medians of %d)\n",
		hook, empty, (double)hook / (double)empty, RUNS);
	(void)printf(
		"udev's helper, function of a card: %" PRIu64 " us; ratio %.2f\n", udev, (double)udev / (double)empty);
	return 0;
}
