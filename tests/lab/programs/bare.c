// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bare PATH VALUE [PATH VALUE...]: writes each value to its file, in order, and nothing else: the least that the same
 * handover can cost. lab bench takes the pairs from the plan of gpu-handoff.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	for (int i = 1; i + 1 < argc; i += 2) {
		int fd = open(argv[i], O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, argv[i + 1], strlen(argv[i + 1])) < 0) {
			perror(argv[i]);
			return 1;
		}
		close(fd);
	}
	return argc < 3;
}
