// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not Check's assertions: mktree uses this too. */
static void must(int ok, const char *what, const char *path)
{
	if (ok)
		return;
	(void)fprintf(stderr, "cannot %s '%s': %s\n", what, path, strerror(errno));
	exit(99);
}

void scratch_make(struct scratch *scratch)
{
	const char *parent = getenv("TMPDIR");

	(void)snprintf(scratch->path, sizeof(scratch->path), "%s/gpu-handoff-XXXXXX", parent ? parent : "/tmp");
	must(mkdtemp(scratch->path) != NULL, "make", scratch->path);
	scratch->fd = open(scratch->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	must(scratch->fd >= 0, "open", scratch->path);
}

void scratch_remove(struct scratch *scratch)
{
	close(scratch->fd);
	remove_all(AT_FDCWD, scratch->path);
}

/* The parent directories of path. */
static void put_parents(int root, const char *path)
{
	char parent[PATH_MAX];

	(void)snprintf(parent, sizeof(parent), "%s", path);
	for (char *slash = strchr(parent + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		must(mkdirat(root, parent, 0755) == 0 || errno == EEXIST, "make", parent);
		*slash = '/';
	}
}

void put_directory(int root, const char *path)
{
	put_parents(root, path);
	must(mkdirat(root, path, 0755) == 0 || errno == EEXIST, "make", path);
}

void put_bytes(int root, const char *path, const void *bytes, size_t size)
{
	int fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 && errno == ENOENT) {
		put_parents(root, path);
		fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	must(fd >= 0, "make", path);
	must(write(fd, bytes, size) == (ssize_t)size, "write", path);
	close(fd);
}

void put_text(int root, const char *path, const char *format, ...)
{
	va_list arguments;
	char *text;
	int n;

	va_start(arguments, format);
	n = vasprintf(&text, format, arguments);
	va_end(arguments);
	must(n >= 0, "write", path);
	put_bytes(root, path, text, (size_t)n);
	free(text);
}

void put_link(int root, const char *path, const char *target)
{
	char relative[PATH_MAX] = "";
	size_t common = 0, n = 0;

	for (size_t i = 0; path[i] && path[i] == target[i]; i++) {
		if (path[i] == '/')
			common = i + 1;
	}
	for (const char *c = path + common; *c; c++) {
		if (*c == '/')
			n += (size_t)snprintf(relative + n, sizeof(relative) - n, "../");
	}
	(void)snprintf(relative + n, sizeof(relative) - n, "%s", target + common);
	put_parents(root, path);
	must(symlinkat(relative, root, path) == 0, "make", path);
}

char *get_text(int root, const char *path)
{
	int fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	size_t size = 0, room = 4096;
	char *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	text = malloc(room);
	while (text && (n = read(fd, text + size, room - size - 1)) > 0) {
		size += (size_t)n;
		if (room - size < 2)
			text = realloc(text, room *= 2);
	}
	close(fd);
	must(text != NULL, "read", path);
	text[size] = '\0';
	return text;
}

void remove_all(int root, const char *path)
{
	struct dirent *entry;
	DIR *list;
	int fd;

	if (unlinkat(root, path, 0) == 0 || errno == ENOENT)
		return;
	fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	must(fd >= 0, "remove", path);
	list = fdopendir(fd);
	must(list != NULL, "remove", path);
	while ((entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_all(fd, entry->d_name);
	}
	closedir(list);
	must(unlinkat(root, path, AT_REMOVEDIR) == 0, "remove", path);
}
