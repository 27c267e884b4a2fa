// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/tool.h"

#include <errno.h>
#include <fcntl.h>
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
#include "host/program.h"

/* Between a request to end, after which tools remove what they left half done, and the end. */
#define GRACE_MS 10000

static const char *const directories[] = { "sbin", "bin" };

/* Returns the descriptor of the tool, O_PATH, and the directory that has it; or -errno. */
static int open_tool(const struct host *host, const char *name, const char **ret_directory)
{
	char path[NAME_MAX + sizeof("sbin/")];
	int fd = -ENOENT;

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]) && fd == -ENOENT; i++) {
		*ret_directory = directories[i];
		if (snprintf(path, sizeof(path), "%s/%s", directories[i], name) >= (int)sizeof(path))
			return -ENAMETOOLONG;
		fd = beneath_open(host->usr, path, O_PATH, 0);
	}
	return fd;
}

bool tool_is_there(const struct host *host, const char *name)
{
	const char *directory;
	int fd CLOSE_FD = open_tool(host, name, &directory);

	return fd >= 0;
}

/* What the descriptor is, by its whole path: the interpreter of a script opens it again. */
static int path_of(int fd, char *path, size_t size)
{
	char link[sizeof("/proc/self/fd/2147483647")];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, size - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	return (size_t)n == size - 1 ? -ENAMETOOLONG : 0;
}

static int start(const struct host *host, const char *const words[], const int streams[3], pid_t *ret)
{
	char path[PATH_MAX], name[NAME_MAX + sizeof("/usr/sbin/")], *vector[TOOL_WORDS_MAX + 1] = { name };
	const char *directory;
	int fd CLOSE_FD = open_tool(host, words[0], &directory), r;

	if (fd < 0)
		return fd;
	for (size_t i = 1; words[i]; i++) {
		if (i == TOOL_WORDS_MAX)
			return -E2BIG;
		vector[i] = (char *)words[i];
	}
	/* Some tools are one program with several names, and look at theirs. */
	(void)snprintf(name, sizeof(name), "/usr/%s/%s", directory, words[0]);
	r = path_of(fd, path, sizeof(path));
	return r < 0 ? r : program_start_apart(path, vector, streams, ret);
}

/* Returns 1 when it has ended, 0 when the time is over, or -errno. */
static int await_end(int pidfd, int deadline_ms)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int r;

	do
		r = poll(&end, 1, deadline_ms);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

static int finish(pid_t child, int deadline_ms)
{
	int pidfd CLOSE_FD = (int)syscall(SYS_pidfd_open, child, 0);
	int status = 0, r = pidfd < 0 ? -errno : await_end(pidfd, deadline_ms);

	if (r <= 0) {
		(void)kill(-child, SIGTERM);
		if (pidfd >= 0)
			(void)await_end(pidfd, GRACE_MS);
		(void)kill(-child, SIGKILL);
		if (pidfd >= 0)
			(void)await_end(pidfd, GRACE_MS);
		/* One that does not even die is left to whoever comes after us. */
		(void)waitpid(child, &status, WNOHANG);
		return r < 0 ? r : -ETIMEDOUT;
	}
	if (waitpid(child, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

/* The end tells more of a failure than the beginning. */
static void read_end(int fd, char *output, size_t size)
{
	off_t length = lseek(fd, 0, SEEK_END);
	off_t from = length > (off_t)(size - 1) ? length - (off_t)(size - 1) : 0;
	ssize_t n = pread(fd, output, size - 1, from);

	output[n < 0 ? 0 : n] = '\0';
}

int tool_run(const struct host *host, const char *const words[], char *output, size_t size, int deadline_ms)
{
	int input CLOSE_FD = memfd_create("tool-input", MFD_CLOEXEC);
	int printed CLOSE_FD = memfd_create("tool-output", MFD_CLOEXEC);
	int streams[3] = { input, printed, printed }, r;
	pid_t child = 0;

	output[0] = '\0';
	if (input < 0 || printed < 0)
		return -errno;
	r = start(host, words, streams, &child);
	if (r < 0)
		return r;
	r = finish(child, deadline_ms);
	read_end(printed, output, size);
	return r;
}
