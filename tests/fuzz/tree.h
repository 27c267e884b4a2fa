/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host of a few files, for targets whose parser reads attributes. Made once, removed when the program ends. */
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/fuzz/fuzz.h"

static char tree_path[4096];

static inline int tree_remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void tree_remove(void)
{
	(void)nftw(tree_path, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A directory of its own. Returns its descriptor. */
static inline int tree_new(void)
{
	const char *base = getenv("TMPDIR");
	int fd;

	(void)snprintf(tree_path, sizeof(tree_path), "%s/gpu-handoff-fuzz-XXXXXX", base ? base : "/tmp");
	PROMISE(mkdtemp(tree_path));
	(void)atexit(tree_remove);
	fd = open(tree_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	PROMISE(fd >= 0);
	return fd;
}

static inline void tree_directory(int tree, const char *path)
{
	PROMISE(mkdirat(tree, path, 0755) == 0);
}

static inline void tree_write(int tree, const char *path, const void *data, size_t size)
{
	int fd CLOSE_FD = openat(tree, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	PROMISE(fd >= 0 && fd_write_all(fd, data, size) == 0);
}
