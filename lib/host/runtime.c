// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define DIRECTORY_NAME "gpu-handoff"

/* Ours: made by this user, and nobody else can write it. */
static int check_ours(int fd, mode_t type)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((st.st_mode & S_IFMT) != type || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	if (type == S_IFREG && st.st_nlink > 1)
		return -EPERM;
	return 0;
}

int runtime_open(const struct host *host, bool create)
{
	return runtime_directory_open(host->run, DIRECTORY_NAME, create);
}

int runtime_directory_open(int runtime, const char *name, bool create)
{
	int fd CLOSE_FD = -1;
	int r;

	if (runtime < 0)
		return -ENOENT;
	if (create && mkdirat(runtime, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = beneath_open(runtime, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return fd == -ELOOP || fd == -ENOTDIR ? -EPERM : fd;
	r = check_ours(fd, S_IFDIR);
	if (r < 0)
		return r;
	return TAKE_FD(fd);
}

int runtime_file_open(int runtime, const char *name, int flags)
{
	/* O_NONBLOCK: a FIFO that somebody put there must not hold us up before we see that it is one. */
	int fd CLOSE_FD = beneath_open(runtime, name, flags | O_NOFOLLOW | O_NONBLOCK, flags & O_CREAT ? 0600 : 0);
	int r;

	if (fd < 0)
		return fd == -ELOOP ? -EPERM : fd;
	r = check_ours(fd, S_IFREG);
	if (r < 0)
		return r;
	return TAKE_FD(fd);
}
