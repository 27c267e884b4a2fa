// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "host/manager.h"
#include "host/walk.h"

/*
 * A rename or mount anywhere on the host, while ".." of a symlink is walked, makes openat2(2) ask for another try. So
 * many in a row are no chance any more.
 */
#define OPEN_TRIES 1000

int beneath_open(int directory, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.mode = mode,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int tries = OPEN_TRIES;
	long fd;

	if (directory < 0)
		return -ENOENT;
	do
		fd = syscall(SYS_openat2, directory, path, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN && --tries > 0);
	if (fd < 0 && errno == ENOSYS)
		return walk_open(directory, path, flags, mode);
	return fd < 0 ? -errno : (int)fd;
}

int named_open(const char *path)
{
	int fd CLOSE_FD = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? -EISDIR : TAKE_FD(fd);
}

static int root_open(int root, const char *name)
{
	int fd = beneath_open(root, name, O_PATH | O_DIRECTORY, 0);

	return fd < 0 ? -1 : fd;
}

int host_open(const char *sysroot, struct host *ret)
{
	int root CLOSE_FD = -1;

	*ret = (struct host){
		.sys = -1,
		.proc = -1,
		.dev = -1,
		.run = -1,
		.etc = -1,
		.usr = -1,
		.lib = -1,
		.boot = -1,
		.efi = -1,
		.var = -1,
		.kernel = sysroot ? &kernel_recorded : &kernel_real,
		.manager = sysroot ? &manager_recorded : &manager_watched,
	};
	root = open(sysroot ? sysroot : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	ret->sys = root_open(root, "sys");
	ret->proc = root_open(root, "proc");
	ret->dev = root_open(root, "dev");
	ret->run = root_open(root, "run");
	ret->etc = root_open(root, "etc");
	ret->usr = root_open(root, "usr");
	ret->lib = root_open(root, "lib");
	ret->boot = root_open(root, "boot");
	ret->efi = root_open(root, "efi");
	ret->var = root_open(root, "var");
	return ret->sys < 0 ? -ENOENT : 0;
}

void host_close(struct host *host)
{
	fd_close(&host->sys);
	fd_close(&host->proc);
	fd_close(&host->dev);
	fd_close(&host->run);
	fd_close(&host->etc);
	fd_close(&host->usr);
	fd_close(&host->lib);
	fd_close(&host->boot);
	fd_close(&host->efi);
	fd_close(&host->var);
}

ssize_t attribute_end(char *buffer, ssize_t length)
{
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	buffer[length < 0 ? 0 : length] = '\0';
	return length;
}

bool beneath_has(int directory, const char *path)
{
	int fd CLOSE_FD = beneath_open(directory, path, O_PATH, 0);

	return fd >= 0;
}

bool attribute_is_gone(ssize_t r)
{
	return r == -ENOENT || r == -ENODEV || r == -ENXIO;
}

ssize_t attribute_read(int directory, const char *path, char *buffer, size_t size)
{
	/* O_NONBLOCK: a recorded tree may hold a FIFO, which would be waited for. */
	int fd CLOSE_FD = beneath_open(directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);

	buffer[0] = '\0';
	if (fd < 0)
		return fd;
	return attribute_end(buffer, fd_read_all(fd, buffer, size - 1));
}

ssize_t attribute_link_name(int directory, const char *name, char *buffer, size_t size)
{
	char target[4096];
	const char *last;
	size_t length;
	ssize_t n;

	buffer[0] = '\0';
	n = readlinkat(directory, name, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	length = strlen(last);
	if (length >= size)
		return -E2BIG;
	memcpy(buffer, last, length + 1);
	return (ssize_t)length;
}

int beneath_list(int directory, const char *path, DIR **ret)
{
	int fd CLOSE_FD = beneath_open(directory, path, O_RDONLY | O_DIRECTORY, 0);
	DIR *list;

	if (fd < 0)
		return fd;
	list = fdopendir(fd);
	if (!list)
		return -errno;
	(void)TAKE_FD(fd);
	*ret = list;
	return 0;
}
