// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/lstopo.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "host/program.h"

#define ARGUMENTS_MAX 62
#define MESSAGE_MAX   256

const char *const lstopo_directories[] = { "/usr/bin", "/bin", "/usr/local/bin", NULL };

/* In the first directory that has it. Returns 0, -ENOENT, or -errno. */
static int find_and_start(
	const char *const directories[], const char *const arguments[], const int streams[3], pid_t *ret)
{
	char path[PATH_MAX], *vector[ARGUMENTS_MAX + 2] = { path };
	int r = -ENOENT;

	for (size_t i = 0; arguments[i]; i++) {
		if (i == ARGUMENTS_MAX)
			return -E2BIG;
		vector[i + 1] = (char *)arguments[i];
	}
	for (size_t i = 0; directories[i] && r == -ENOENT; i++) {
		(void)snprintf(path, sizeof(path), "%s/lstopo", directories[i]);
		r = program_start(path, vector, streams, ret);
	}
	return r;
}

/* Its end, which comes by itself or by us. Returns 0, -ETIMEDOUT, -ECHILD, or -errno. */
static int await_end(pid_t child, int deadline_ms)
{
	int pidfd CLOSE_FD = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int r, status = 0;

	do
		r = pidfd < 0 ? -1 : poll(&end, 1, deadline_ms);
	while (r < 0 && pidfd >= 0 && errno == EINTR);
	r = r > 0 ? 0 : r == 0 ? -ETIMEDOUT : -errno;
	if (r < 0)
		(void)kill(child, SIGKILL);
	if (waitpid(child, &status, 0) < 0)
		return -errno;
	if (r < 0)
		return r;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECHILD;
}

/* The first line of what it complained of. */
static void read_message(int fd, char *message, size_t size)
{
	char buffer[MESSAGE_MAX], line[MESSAGE_MAX];
	const char *rest = buffer;
	struct text text;
	ssize_t n = pread(fd, buffer, sizeof(buffer) - 1, 0);

	buffer[n < 0 ? 0 : n] = '\0';
	(void)text_take_line(&rest, line, sizeof(line));
	text_init(&text, message, size);
	text_add_foreign(&text, line);
}

int lstopo_run(const char *const directories[], const char *const arguments[], int input, int output, int deadline_ms,
	char *message, size_t size)
{
	int errors CLOSE_FD = memfd_create("lstopo-errors", MFD_CLOEXEC);
	int streams[3] = { input, output, errors }, r;
	pid_t child = 0;

	message[0] = '\0';
	if (errors < 0)
		return -errno;
	r = find_and_start(directories, arguments, streams, &child);
	if (r < 0)
		return r;
	r = await_end(child, deadline_ms);
	read_message(errors, message, size);
	return r;
}
