// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-xml XMLGEN SYSROOT: gpu-handoff-xmlgen on a machine, against `virt-install --print-xml` on this one; whole
 * processes, by turns, the medians. The two do not the same: what virt-install writes names no card and no CPU.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define RUNS      15
#define BUDGET_MS 50

/* µs from before the process is made until it has ended; ends the bench when it did not end well. */
static uint64_t run(const char *const arguments[])
{
	posix_spawn_file_actions_t actions;
	uint64_t begin = clock_now_us();
	int status, r;
	pid_t child;

	if (posix_spawn_file_actions_init(&actions) != 0 ||
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0)
		exit(1);
	r = posix_spawnp(&child, arguments[0], &actions, NULL, (char *const *)arguments, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r != 0 || waitpid(child, &status, 0) < 0 || status != 0) {
		(void)fprintf(stderr, "bench-xml: '%s' failed\n", arguments[0]);
		exit(1);
	}
	return clock_now_us() - begin;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median_ms(uint64_t *times)
{
	qsort(times, RUNS, sizeof(times[0]), compare);
	return (double)times[RUNS / 2] / 1000;
}

int main(int argc, char *argv[])
{
	static uint64_t ours[RUNS], theirs[RUNS];
	const char *const xmlgen[] = { argc > 1 ? argv[1] : "", "--sysroot", argc > 2 ? argv[2] : "", "--gpu", "none",
		"--disk", "default/bench.qcow2", "--os", "windows11", "--vcpus", "64", NULL };
	/* libvirt's test driver: no daemon is waited for. */
	const char *const virt_install[] = { "virt-install", "--connect", "test:///default", "--name", "vm", "--memory",
		"4096", "--vcpus", "64", "--disk", "none", "--os-variant", "win11", "--import", "--graphics", "none",
		"--print-xml", NULL };
	double ms;

	if (argc != 3) {
		(void)fputs("usage: bench-xml XMLGEN SYSROOT\n", stderr);
		return 2;
	}
	for (int i = 0; i < RUNS; i++) {
		ours[i] = run(xmlgen);
		theirs[i] = run(virt_install);
	}
	ms = median_ms(ours);
	(void)printf(
		"xmlgen, 318 functions and 384 CPUs: %.1f ms of %d ms; virt-install --print-xml: %.0f ms (medians of "
		"%d)\n",
		ms, BUDGET_MS, median_ms(theirs), RUNS);
	return ms > BUDGET_MS;
}
