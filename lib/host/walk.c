// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

/* Paths of sysfs have about ten components; the links are as many as the kernel follows. */
#define WALK_DEPTH 40
#define WALK_LINKS 40

struct walk {
	int directories[WALK_DEPTH]; /* the way to where it is; the first is the caller's */
	unsigned int depth, n_links;
	char rest[PATH_MAX];
};

static int go_up(struct walk *walk)
{
	if (walk->depth == 0)
		return -EXDEV;
	fd_close(&walk->directories[walk->depth--]);
	return 0;
}

static int go_down(struct walk *walk, const char *name)
{
	int fd;

	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0)
		return go_up(walk);
	if (walk->depth + 1 == WALK_DEPTH)
		return -ENAMETOOLONG;
	fd = openat(walk->directories[walk->depth], name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	walk->directories[++walk->depth] = fd;
	return 0;
}

/* Puts where a link leads before the rest, which is behind. Returns 1; 0 when it is no link. */
static int follow(struct walk *walk, const char *name, const char *behind)
{
	char target[PATH_MAX];
	size_t length = strlen(behind);
	ssize_t n = readlinkat(walk->directories[walk->depth], name, target, sizeof(target));

	if (n < 0)
		return errno == EINVAL || errno == ENOENT ? 0 : -errno;
	if (++walk->n_links > WALK_LINKS)
		return -ELOOP;
	if (n > 0 && target[0] == '/')
		return -EXDEV;
	if ((size_t)n + length >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	memmove(walk->rest + n, behind, length + 1);
	memcpy(walk->rest, target, (size_t)n);
	return 1;
}

/* Takes the first component off the rest. Returns 1, 0 when there is none, or -ENAMETOOLONG. */
static int take_name(struct walk *walk, char name[NAME_MAX + 1], const char **ret_behind)
{
	const char *at = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(at, "/");

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, at, length);
	name[length] = '\0';
	*ret_behind = at + length;
	return length > 0;
}

static int walk_on(struct walk *walk, int flags, mode_t mode)
{
	char name[NAME_MAX + 1];
	const char *behind;
	bool is_last;
	int r;

	while ((r = take_name(walk, name, &behind)) > 0) {
		is_last = behind[0] == '\0' && strcmp(name, "..") != 0;
		r = is_last && (flags & O_NOFOLLOW) ? 0 : follow(walk, name, behind);
		if (r < 0)
			return r;
		if (r > 0)
			continue;
		if (is_last)
			break;
		r = go_down(walk, name);
		if (r < 0)
			return r;
		memmove(walk->rest, behind, strlen(behind) + 1);
	}
	if (r < 0)
		return r;
	/* Nothing is left: it is the directory where the walk has come to. */
	r = openat(walk->directories[walk->depth], name[0] ? name : ".", flags | O_NOFOLLOW | O_CLOEXEC, mode);
	return r < 0 ? -errno : r;
}

int walk_open(int directory, const char *path, int flags, mode_t mode)
{
	struct walk walk = { .directories = { directory } };
	size_t length = strlen(path);
	int r;

	if (length == 0)
		return -ENOENT;
	if (path[0] == '/')
		return -EXDEV;
	if (length >= sizeof(walk.rest))
		return -ENAMETOOLONG;
	memcpy(walk.rest, path, length + 1);
	r = walk_on(&walk, flags, mode);
	while (walk.depth > 0)
		(void)go_up(&walk);
	return r;
}
