// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bare PATH VALUE [PATH VALUE...]: writes each value to its file, in order, and nothing else: the least that the same
 * handover can cost. A path "thread:TID" is a thread, which gets the CPUs of the value, a mask in hexadecimal. lab
 * bench takes the pairs from the plan of gpu-handoff.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int move_thread(const char *tid, const char *mask)
{
	unsigned long bits = strtoul(mask, NULL, 16);
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	for (int cpu = 0; cpu < 64; cpu++) {
		if (bits >> cpu & 1)
			CPU_SET(cpu, &cpus);
	}
	return sched_setaffinity(atoi(tid), sizeof(cpus), &cpus);
}

int main(int argc, char *argv[])
{
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strncmp(argv[i], "thread:", 7) == 0) {
			if (move_thread(argv[i] + 7, argv[i + 1]) < 0)
				perror(argv[i]);
			continue;
		}
		int fd = open(argv[i], O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, argv[i + 1], strlen(argv[i + 1])) < 0) {
			perror(argv[i]);
			return 1;
		}
		close(fd);
	}
	return argc < 3;
}
