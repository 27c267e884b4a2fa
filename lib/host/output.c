// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

/* New files get what the umask leaves of it. */
#define MODE 0666

static int write_to(const char *path, const char *bytes, size_t size)
{
	int fd CLOSE_FD = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd_write_all(fd, bytes, size);
}

/* /dev/stdout and the like: a shell may have opened the file to append. */
static bool is_stdout(const struct stat *st)
{
	struct stat own;

	return fstat(STDOUT_FILENO, &own) == 0 && own.st_dev == st->st_dev && own.st_ino == st->st_ino;
}

/* Another file beside it takes its place, with its mode and its owner; before is empty where there is none. */
static int replace(int directory, const char *name, const struct stat *before, const char *bytes, size_t size)
{
	mode_t mode = before->st_mode & 07777;
	int fd CLOSE_FD = -1, r;
	char other[NAME_MAX + 1];

	if (snprintf(other, sizeof(other), ".%.200s.%d", name, (int)getpid()) >= (int)sizeof(other))
		return -ENAMETOOLONG;
	fd = openat(directory, other, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode ? mode : MODE);
	if (fd < 0)
		return -errno;
	/* Only root can give a file to its owner. */
	if (mode && fchown(fd, before->st_uid, before->st_gid) < 0 && errno != EPERM)
		r = -errno;
	else
		r = mode && fchmod(fd, mode) < 0 ? -errno : fd_write_all(fd, bytes, size);
	if (r >= 0 && (fsync(fd) < 0 || renameat(directory, other, directory, name) < 0))
		r = -errno;
	if (r < 0)
		(void)unlinkat(directory, other, 0);
	return r;
}

int output_write(const char *path, const char *bytes, size_t size)
{
	char resolved[PATH_MAX], copy[PATH_MAX];
	int directory CLOSE_FD = -1;
	struct stat st = { 0 }, link;

	if (strcmp(path, "-") == 0 || (stat(path, &st) == 0 && is_stdout(&st)))
		return fd_write_all(STDOUT_FILENO, bytes, size);
	if (st.st_mode && !S_ISREG(st.st_mode))
		return write_to(path, bytes, size);
	/* A rename would not ask. */
	if (st.st_mode && access(path, W_OK) < 0)
		return -errno;
	/* What a symlink leads to is replaced, not the link; one that leads nowhere is not ours to replace. */
	if (!st.st_mode && lstat(path, &link) == 0)
		return -ENOENT;
	if (!st.st_mode && path[0] && path[strlen(path) - 1] == '/')
		return -EISDIR;
	if (!realpath(path, resolved) && (errno != ENOENT || text_copy(resolved, sizeof(resolved), path) < 0))
		return -errno;
	memcpy(copy, resolved, sizeof(copy));
	directory = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -errno;
	return replace(directory, basename(resolved), &st, bytes, size);
}
