// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

#define CGROUP "fs/cgroup"

/* The directory is resolved beneath the root, and then named by its descriptor: inotify takes paths alone. */
static int add(const struct host *host, int watch, const char *path)
{
	int directory CLOSE_FD = beneath_open(host->sys, path, O_PATH | O_DIRECTORY, 0);
	char name[sizeof("/proc/self/fd/2147483647")];

	if (directory < 0)
		return directory;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", directory);
	/* Linux 4.18: what is watched already is told apart. */
	if (inotify_add_watch(watch, name, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR | IN_MASK_CREATE) >= 0)
		return 1;
	return errno == EEXIST ? 0 : -errno;
}

int watch_add(const struct host *host, int watch, const char *group)
{
	char path[PATH_MAX];
	int r = snprintf(path, sizeof(path), CGROUP "/%s", group);

	return r < 0 || (size_t)r >= sizeof(path) ? -ENAMETOOLONG : add(host, watch, path);
}

int watch_groups(const struct host *host, const char *group)
{
	int watch CLOSE_FD = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char path[PATH_MAX];
	int r;

	if (watch < 0)
		return -errno;
	r = snprintf(path, sizeof(path), CGROUP "/%s", group);
	if (r < 0 || (size_t)r >= sizeof(path))
		return -ENAMETOOLONG;
	/* What is made in the group itself is its own matter. */
	for (char *slash; (slash = strrchr(path, '/')) && strlen(path) > strlen(CGROUP);) {
		*slash = '\0';
		r = add(host, watch, path);
		if (r < 0)
			return r;
	}
	return TAKE_FD(watch);
}

bool watch_take(int fd)
{
	_Alignas(struct inotify_event) char events[4096];
	bool any = false;

	while (read(fd, events, sizeof(events)) > 0)
		any = true;
	return any;
}
