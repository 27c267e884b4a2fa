// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * busy spin THREADS [RUN_US SLEEP_US]: threads that want a CPU again and again. They rest in between, for the lab's
 * processors are all emulated in one thread. Each asks for one CPU after the other by its number, and then for all.
 * busy read PATH [SLEEP_US]: reads a file again and again past the page cache, which interrupts.
 * busy pages N: holds so many huge pages of the default size, from the node where it runs.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

static unsigned int run_us = 500, sleep_us = 60000;

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* An idle host leaves a thread where it is. One CPU at a time, then all; what the cpuset forbids is refused. */
static void wander(unsigned int turn)
{
	cpu_set_t cpus;

	if (turn % 4 > 1)
		return;
	CPU_ZERO(&cpus);
	for (unsigned int cpu = 0, n = (unsigned int)get_nprocs(); cpu < n; cpu++)
		if (turn % 4 || cpu == turn / 4 % n)
			CPU_SET(cpu, &cpus);
	(void)sched_setaffinity(0, sizeof(cpus), &cpus);
}

static void *spin(void *first)
{
	unsigned int turn = *(unsigned int *)first * 4;
	double end;

	for (;; turn++) {
		wander(turn);
		for (end = now_us() + run_us; now_us() < end;)
			;
		usleep(sleep_us);
	}
	return NULL;
}

static void read_on(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	unsigned int turn = 0;
	void *block;

	if (fd < 0) /* 9p without a cache has no such flag, and asks each time */
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "cannot open '%s'", path);
	if (posix_memalign(&block, 4096, 4096))
		errx(1, "out of memory");
	for (off_t at = 0;; at += 4096) {
		ssize_t n;

		wander(turn++);
		n = pread(fd, block, 4096, at);
		if (n < 0)
			err(1, "cannot read '%s'", path);
		if (n < 4096)
			at = -4096;
		usleep(sleep_us);
	}
}

static void pages_hold(size_t n)
{
	size_t size = n * 2048 * 1024;
	char *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (pages == MAP_FAILED)
		err(1, "cannot have %zu huge pages", n);
	memset(pages, 1, size);
	for (;;)
		pause();
}

int main(int argc, char *argv[])
{
	static unsigned int firsts[64]; /* where each thread begins to wander */
	pthread_t thread;

	if (argc >= 3 && !strcmp(argv[1], "read")) {
		sleep_us = argc > 3 ? (unsigned int)atoi(argv[3]) : 10000;
		read_on(argv[2]);
	}
	if (argc == 3 && !strcmp(argv[1], "pages"))
		pages_hold((size_t)atoi(argv[2]));
	if (argc < 3 || strcmp(argv[1], "spin"))
		errx(2, "usage: busy spin THREADS [RUN_US SLEEP_US] | busy read PATH [SLEEP_US] | busy pages N");
	if (argc > 4) {
		run_us = (unsigned int)atoi(argv[3]);
		sleep_us = (unsigned int)atoi(argv[4]);
	}
	for (unsigned int i = 0; i < 64; i++)
		firsts[i] = i;
	for (int i = 1; i < atoi(argv[2]) && i < 64; i++)
		if ((errno = pthread_create(&thread, NULL, spin, &firsts[i])))
			err(1, "cannot make a thread");
	spin(&firsts[0]);
}
