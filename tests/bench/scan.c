// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-scan NODE: who has a device node open, asked of process_scan(), fuser(1) and lsof(8) by turns, as whole
 * programs, among 2,000 processes with 100 descriptors each: medians of the time and of the processors' time, and their
 * ratios. Run as root.
 * bench-scan once NODE: asks process_scan() and prints how many.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "probe/process.h"

#define PROCESSES   2000
#define DESCRIPTORS 100
#define HOLDERS     20 /* of the processes */
#define RUNS        9

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- the crowd ---- */

/* What desktops and servers have open, in equal parts; each is inherited by all. */
static void open_some(unsigned int i)
{
	int pair[2], r;

	switch (i % 5) {
	case 0:
		r = pipe(pair);
		break;
	case 1:
		r = socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
		break;
	case 2:
		r = eventfd(0, 0);
		break;
	case 3:
		r = open("/dev/null", O_RDWR);
		break;
	default:
		r = open("/proc/self/exe", O_RDONLY);
	}
	if (r < 0)
		fail("open");
}

/* A process that holds the node, or does not, until the pipe is closed. */
static void start_one(const char *node, bool holds, const int gate[2], int ready)
{
	pid_t child = fork();
	char byte;

	if (child < 0)
		fail("fork");
	if (child > 0)
		return;
	(void)close(gate[1]);
	(void)close(DESCRIPTORS - 1);
	if (open(holds ? node : "/dev/null", O_RDWR) < 0 || write(ready, "", 1) != 1)
		_exit(1);
	(void)!read(gate[0], &byte, 1);
	_exit(0);
}

/* The write end of the pipe that the crowd waits on. */
static int start_crowd(const char *node)
{
	int gate[2], ready[2], spare[2];
	char bytes[PROCESSES];

	if (pipe(gate) < 0 || pipe(ready) < 0)
		fail("pipe");
	/* Out of the way, for a child closes it. */
	spare[0] = gate[0];
	spare[1] = fcntl(gate[1], F_DUPFD_CLOEXEC, DESCRIPTORS + 16);
	(void)close(gate[1]);
	for (unsigned int i = 0; fcntl(DESCRIPTORS - 1, F_GETFD) < 0; i++)
		open_some(i);
	(void)close_range(DESCRIPTORS, DESCRIPTORS + 15, 0);
	for (unsigned int i = 0; i < PROCESSES; i++)
		start_one(node, i % (PROCESSES / HOLDERS) == 0, spare, ready[1]);
	(void)close(ready[1]);
	for (size_t n = 0; n < PROCESSES;) {
		ssize_t r = read(ready[0], bytes, sizeof(bytes));

		if (r <= 0)
			fail("read");
		n += (size_t)r;
	}
	return spare[1];
}

/* ---- the programs ---- */

struct contender {
	const char *name;
	const char *arguments[5];
	uint64_t times[RUNS], cpu[RUNS]; /* µs, of the clock and of all processors */
	unsigned int found;
};

static unsigned int count_words(int fd)
{
	static char output[65536];
	ssize_t n = fd_read_all(fd, output, sizeof(output) - 1);
	unsigned int words = 0;

	if (n < 0)
		fail("read");
	output[n] = '\0';
	for (char *rest = output; strtok_r(rest, " \n", &rest);)
		words++;
	return words;
}

/* µs from before the process is made until it has ended. Counts the PIDs that it prints. */
static uint64_t run(struct contender *contender, uint64_t *ret_cpu)
{
	posix_spawn_file_actions_t actions;
	uint64_t begin = clock_now_us(), end;
	int output[2], status;
	struct rusage usage;
	pid_t child;

	if (pipe2(output, O_CLOEXEC) < 0 || posix_spawn_file_actions_init(&actions) != 0 ||
		posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO) != 0 ||
		posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0)
		fail("pipe");
	if (posix_spawnp(
		    &child, contender->arguments[0], &actions, NULL, (char *const *)contender->arguments, environ) != 0)
		fail(contender->arguments[0]);
	(void)close(output[1]);
	contender->found = count_words(output[0]);
	if (wait4(child, &status, 0, &usage) < 0)
		fail("wait4");
	end = clock_now_us();
	*ret_cpu = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
		   (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	(void)close(output[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
	return end - begin;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median_ms(uint64_t times[RUNS])
{
	qsort(times, RUNS, sizeof(times[0]), compare);
	return (double)times[RUNS / 2] / 1000;
}

/* The first is ours; the others stand beside it. */
static void print(struct contender *contenders, int n)
{
	double first = median_ms(contenders[0].times), first_cpu = median_ms(contenders[0].cpu);

	(void)printf("holders of a node, %d processes with %d descriptors each: scan %.0f ms, of processors %.0f ms",
		PROCESSES, DESCRIPTORS, first, first_cpu);
	for (int i = 1; i < n; i++) {
		double time = median_ms(contenders[i].times), cpu = median_ms(contenders[i].cpu);

		(void)printf("; %s %.0f ms, %.0f ms, ratios %.2f, %.2f", contenders[i].name, time, cpu, first / time,
			first_cpu / cpu);
	}
	(void)printf(" (medians of %d, %ld processors)\n", RUNS, sysconf(_SC_NPROCESSORS_ONLN));
}

static int bench(const char *self, const char *node)
{
	static struct contender contenders[] = {
		{ .name = "scan", .arguments = { NULL, "once", NULL } },
		{ .name = "fuser", .arguments = { "fuser", NULL } },
		{ .name = "lsof", .arguments = { "lsof", "-t", NULL } },
	};
	const int n = (int)(sizeof(contenders) / sizeof(contenders[0]));
	int crowd = start_crowd(node), r = 0;

	contenders[0].arguments[0] = self;
	contenders[0].arguments[2] = contenders[1].arguments[1] = contenders[2].arguments[2] = node;
	for (int i = 0; i < RUNS && r == 0; i++) {
		for (int c = 0; c < n; c++) {
			contenders[c].times[i] = run(&contenders[c], &contenders[c].cpu[i]);
			/* Fast and wrong is no figure. */
			if (contenders[c].found != HOLDERS) {
				(void)fprintf(stderr, "bench-scan: %s found %u of %d\n", contenders[c].name,
					contenders[c].found, HOLDERS);
				r = 1;
			}
		}
	}
	if (r == 0)
		print(contenders, n);
	(void)close(crowd);
	while (wait(NULL) > 0)
		;
	return r;
}

static int once(const char *path)
{
	static struct nodes nodes;
	static struct holders holders;
	struct node node = { .reach = NODE_DIRECT };
	struct host host;
	struct stat st;
	int r;

	if (stat(path, &st) < 0 || host_open(NULL, &host) < 0)
		fail(path);
	node.block = S_ISBLK(st.st_mode);
	node.major = major(st.st_rdev);
	node.minor = minor(st.st_rdev);
	(void)nodes_add(&nodes, &node);
	r = process_scan(&host, &nodes, &holders);
	for (unsigned int i = 0; i < holders.n_holders; i++)
		(void)printf("%d\n", (int)holders.holders[i].pid);
	host_close(&host);
	return r < 0;
}

int main(int argc, char *argv[])
{
	if (argc == 3 && strcmp(argv[1], "once") == 0)
		return once(argv[2]);
	if (argc != 2 || geteuid() != 0) {
		(void)fputs("usage, as root: bench-scan NODE\n", stderr);
		return 2;
	}
	return bench(argv[0], argv[1]);
}
