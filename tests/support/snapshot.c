// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/snapshot.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_file(FILE *stream, int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	unsigned char bytes[1024];
	ssize_t n;

	(void)fputs(" = ", stream);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (isprint(bytes[i]) && bytes[i] != '\\')
				(void)fputc(bytes[i], stream);
			else
				(void)fprintf(stream, "\\%02x", bytes[i]);
		}
	}
	if (n < 0)
		(void)fputs("(cannot be read)", stream);
	(void)close(fd);
}

static void add_entry(FILE *stream, int directory, const char *path, const char *name);

static void add_directory(FILE *stream, int directory, const char *path, const char *name)
{
	struct dirent **entries;
	char below[PATH_MAX];
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = scandirat(fd, ".", &entries, NULL, alphasort);

	(void)snprintf(below, sizeof(below), "%s%s/", path, name);
	for (int i = 0; i < n; i++) {
		if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0)
			add_entry(stream, fd, below, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	(void)close(fd);
}

static void add_entry(FILE *stream, int directory, const char *path, const char *name)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;

	(void)fprintf(stream, "%s%s", path, name);
	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		(void)fputs(" (cannot be seen)\n", stream);
	} else if (S_ISLNK(st.st_mode)) {
		n = readlinkat(directory, name, target, sizeof(target));
		(void)fprintf(stream, " -> %.*s\n", (int)n, target);
	} else if (S_ISDIR(st.st_mode)) {
		(void)fprintf(stream, "/ %o\n", st.st_mode);
		add_directory(stream, directory, path, name);
	} else {
		add_file(stream, directory, name);
		(void)fprintf(stream, " %o\n", st.st_mode);
	}
}

char *snapshot_take(int root, const char *path)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	add_entry(stream, root, "", path);
	(void)fclose(stream);
	return text;
}

static const char *skip_ignored(const char *line, const char *ignored)
{
	while (*line && ignored && strncmp(line, ignored, strlen(ignored)) == 0) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return line;
}

const char *snapshot_compare(const char *a, const char *b, const char *ignored)
{
	static char first[512];

	for (;;) {
		size_t na, nb;

		a = skip_ignored(a, ignored);
		b = skip_ignored(b, ignored);
		na = strcspn(a, "\n");
		nb = strcspn(b, "\n");
		if (na != nb || memcmp(a, b, na) != 0) {
			(void)snprintf(first, sizeof(first), "'%.*s' became '%.*s'", (int)(na < 200 ? na : 200), a,
				(int)(nb < 200 ? nb : 200), b);
			return first;
		}
		if (!a[na] || !b[nb])
			return a[na] == b[nb] ? NULL : "one is longer";
		a += na + 1;
		b += nb + 1;
	}
}
