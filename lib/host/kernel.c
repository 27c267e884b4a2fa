// SPDX-License-Identifier: GPL-2.0-or-later
/* The real kernel, and the one of a recorded tree. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "host/host.h"

static int real_write(const struct host *host, const char *path, const char *value)
{
	int fd CLOSE_FD = beneath_open(host->sys, path, O_WRONLY, 0);
	size_t length = strlen(value);
	ssize_t n;

	if (fd < 0)
		return fd;
	/* One write: the kernel takes each write of an attribute as a whole value. */
	n = write(fd, value, length);
	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EIO;
}

/* Waits for the end of the child, for the deadline at most. Returns its exit status, or -errno. */
static int child_wait(pid_t child, int deadline_ms)
{
	int pidfd CLOSE_FD = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int status, r;

	if (pidfd < 0)
		return -errno;
	do
		r = poll(&end, 1, deadline_ms);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	if (r == 0)
		return -ETIMEDOUT;
	if (waitpid(child, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

/* modprobe, as libvirt itself does: it knows the module's dependencies, blacklists and built-ins. */
static int real_load_module(const struct host *host, const char *module)
{
	char *const arguments[] = { (char *)"modprobe", (char *)"-b", (char *)"--", (char *)module, NULL };
	char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	pid_t child;
	int r;

	(void)host;
	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&attributes);
	if (r != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return -r;
	}
	/* Signals that a person's handover holds back are modprobe's to get. */
	(void)sigemptyset(&none);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	/* The child must not hold the pipes that libvirtd waits on. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && r == 0; fd++)
		r = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	if (r == 0)
		r = posix_spawn(&child, "/sbin/modprobe", &actions, &attributes, arguments, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	if (r != 0)
		return -r;
	r = child_wait(child, MODULE_DEADLINE_MS);
	return r > 0 ? -ENOENT : r;
}

/*
 * A VFIO group can be opened once (drivers/vfio/group.c), so opening it tells, without a look at any process. Ask
 * only about a group that nobody is about to open.
 */
static int real_group_is_open(const struct host *host, int group)
{
	char path[sizeof("vfio/2147483647")];
	int fd CLOSE_FD = -1;

	(void)snprintf(path, sizeof(path), "vfio/%u", (unsigned int)group);
	fd = beneath_open(host->dev, path, O_RDWR, 0);
	if (fd == -EBUSY)
		return 1;
	/* A group that has just lost its last device is not open either. */
	return fd >= 0 || fd == -ENOENT || fd == -ENODEV || fd == -ENXIO ? 0 : fd;
}

const struct kernel kernel_real = {
	.write = real_write,
	.load_module = real_load_module,
	.group_is_open = real_group_is_open,
};

static int recorded_write(const struct host *host, const char *path, const char *value)
{
	(void)host;
	(void)path;
	(void)value;
	return -EROFS;
}

static int recorded_load_module(const struct host *host, const char *module)
{
	(void)host;
	(void)module;
	return -EROFS;
}

static int recorded_group_is_open(const struct host *host, int group)
{
	(void)host;
	(void)group;
	return 0;
}

const struct kernel kernel_recorded = {
	.write = recorded_write,
	.load_module = recorded_load_module,
	.group_is_open = recorded_group_is_open,
};
