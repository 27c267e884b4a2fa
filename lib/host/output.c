// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static int copy(int from, int to)
{
	char buffer[65536];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, buffer, sizeof(buffer), at)) > 0) {
		int r = fd_write_all(to, buffer, (size_t)n);

		if (r < 0)
			return r;
		at += n;
	}
	return n < 0 ? -errno : 0;
}

static int write_beside(const char *path, int from)
{
	char beside[PATH_MAX];
	int n = snprintf(beside, sizeof(beside), "%s.%d.tmp", path, (int)getpid()), fd CLOSE_FD = -1, r;

	if (n < 0 || (size_t)n >= sizeof(beside))
		return -ENAMETOOLONG;
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	r = copy(from, fd);
	/* A file system may tell only now that it is full. */
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r == 0 && rename(beside, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(beside);
	return r;
}

int output_write(const char *path, int from)
{
	int fd CLOSE_FD = -1;
	struct stat st;

	if (strcmp(path, "-") == 0)
		return copy(from, STDOUT_FILENO);
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? write_beside(path, from) : -errno;
	/* A rename would not ask. */
	if (S_ISREG(st.st_mode))
		return access(path, W_OK) < 0 ? -errno : write_beside(path, from);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	return fd < 0 ? -errno : copy(from, fd);
}
