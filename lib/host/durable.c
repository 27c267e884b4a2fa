// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "host/host.h"

#define MODE_ALL 07777

/* The directory that path is in, for fsync(2) as well. Returns the descriptor and *ret, its name there; or -errno. */
static int open_parent(int directory, const char *path, const char **ret)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];

	*ret = slash ? slash + 1 : path;
	if (snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".") >=
		(int)sizeof(parent))
		return -ENAMETOOLONG;
	return beneath_open(directory, parent, O_RDONLY | O_DIRECTORY, 0);
}

/* A name that no *.cfg or *.conf means. */
static int other_name(const char *name, char *ret, size_t size)
{
	return snprintf(ret, size, ".%s.gpu-handoff", name) >= (int)size ? -ENAMETOOLONG : 0;
}

ssize_t durable_read(int directory, const char *path, char *buffer, size_t size, struct durable_owner *ret)
{
	int fd CLOSE_FD = beneath_open(directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_nlink > 1)
		return -EMLINK;
	*ret = (struct durable_owner){ .mode = st.st_mode & MODE_ALL, .uid = st.st_uid, .gid = st.st_gid };
	return fd_read_all(fd, buffer, size);
}

static int write_other(int parent, const char *name, const char *bytes, size_t size, const struct durable_owner *owner)
{
	int fd CLOSE_FD = beneath_open(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return fd;
	r = fd_write_all(fd, bytes, size);
	if (r < 0)
		return r;
	/* The owner first: it takes bits of the mode away. */
	if (fchown(fd, owner->uid, owner->gid) < 0 || fchmod(fd, owner->mode) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

int durable_write(int directory, const char *path, const char *bytes, size_t size, const struct durable_owner *owner)
{
	char other[NAME_MAX + 1];
	const char *name;
	int parent CLOSE_FD = open_parent(directory, path, &name), r;

	if (parent < 0)
		return parent;
	r = other_name(name, other, sizeof(other));
	if (r < 0)
		return r;
	if (unlinkat(parent, other, 0) < 0 && errno != ENOENT)
		return -errno;
	r = write_other(parent, other, bytes, size, owner);
	if (r >= 0 && renameat(parent, other, parent, name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(parent, other, 0);
	else
		r = fsync(parent) < 0 ? -errno : 0;
	return r;
}

/* Removes what is there of these two names; NULL for one that stays. */
static int remove_names(int parent, const char *name, const char *other, int flags)
{
	const char *const names[] = { name, other };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i] && unlinkat(parent, names[i], flags) < 0 && errno != ENOENT)
			return errno == EEXIST ? -ENOTEMPTY : -errno;
	}
	return fsync(parent) < 0 ? -errno : 0;
}

/* What a write that was interrupted has left, and where whole is set the file itself. */
static int remove_file(int directory, const char *path, bool whole)
{
	char other[NAME_MAX + 1];
	const char *name;
	int parent CLOSE_FD = open_parent(directory, path, &name), r;

	if (parent < 0)
		return parent == -ENOENT ? 0 : parent;
	r = other_name(name, other, sizeof(other));
	return r < 0 ? r : remove_names(parent, whole ? name : NULL, other, 0);
}

int durable_remove(int directory, const char *path)
{
	return remove_file(directory, path, true);
}

int durable_tidy(int directory, const char *path)
{
	return remove_file(directory, path, false);
}

int durable_make_directory(int directory, const char *path, mode_t mode)
{
	const char *name;
	int parent CLOSE_FD = open_parent(directory, path, &name);

	if (parent < 0)
		return parent;
	if (mkdirat(parent, name, mode) < 0)
		return -errno;
	return fsync(parent) < 0 ? -errno : 0;
}

int durable_remove_directory(int directory, const char *path)
{
	const char *name;
	int parent CLOSE_FD = open_parent(directory, path, &name);

	if (parent < 0)
		return parent == -ENOENT ? 0 : parent;
	return remove_names(parent, name, NULL, AT_REMOVEDIR);
}
