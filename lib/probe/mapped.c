// SPDX-License-Identifier: GPL-2.0-or-later
/* The mapped files of a process. A mapping holds its file when every descriptor of it is closed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "probe/scan.h"

/* How far from its place the answer of a file may be. */
#define FILES_NEAR 4

/* FNV-1a */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

static bool is_same(const struct worker_file *a, const struct worker_file *b)
{
	return a->inode == b->inode && a->path == b->path && a->major == b->major && a->minor == b->minor;
}

/*
 * Where the answer of a file is, or has its place: when all near it are taken, it takes the first, whose file is then
 * asked about again where it comes up.
 */
static struct worker_file *find_file(struct worker *worker, const struct worker_file *file, bool *ret_known)
{
	uint64_t hash = (file->inode * UINT64_C(0x9e3779b97f4a7c15)) ^ file->path ^ file->minor;
	size_t first = (size_t)(hash ^ hash >> 32);

	for (size_t i = 0; i < FILES_NEAR; i++) {
		struct worker_file *place = &worker->files[(first + i) % WORKER_FILES];

		*ret_known = is_same(place, file);
		if (*ret_known || place->inode == 0)
			return place;
	}
	return &worker->files[first % WORKER_FILES];
}

/* Asks the kernel what the mapped file is. Returns 0 and its device number, or -errno. */
static int ask_number(int process, const struct mapping *mapping, uint64_t *ret)
{
	char name[MAPPING_NAME_SIZE], path[sizeof("map_files/") + MAPPING_NAME_SIZE];
	struct statx status;

	mapping_name(mapping, name);
	(void)snprintf(path, sizeof(path), "map_files/%s", name);
	if (statx(process, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, 0, &status) < 0)
		return -errno;
	*ret = scan_number(status.stx_mode, status.stx_rdev_major, status.stx_rdev_minor);
	return 0;
}

static void look_line(struct worker *worker, int process, const char *line)
{
	struct worker_file file, *place;
	struct mapping mapping;
	bool known;

	if (mapping_parse(line, &mapping) < 0) {
		worker->hidden = true;
		return;
	}
	if (mapping.inode == 0 || (mapping.major == 0 && mapping.minor == worker->scan->shared_minor))
		return;
	file = (struct worker_file){
		.inode = mapping.inode, .path = hash_text(mapping.path), .major = mapping.major, .minor = mapping.minor
	};
	place = find_file(worker, &file, &known);
	if (!known) {
		/* Without CAP_SYS_ADMIN, or unmapped by now, or a file that its file system tells nothing of. */
		if (ask_number(process, &mapping, &file.number) < 0) {
			scan_match_name(worker->scan, mapping.path, &worker->mapped);
			return;
		}
		*place = file;
	}
	if (place->number != 0)
		scan_match_number(worker->scan, place->number, &worker->mapped);
}

/* Looks at the whole lines in worker->text, and moves what is left to its front. Returns how much that is. */
static size_t look_lines(struct worker *worker, int process, size_t have)
{
	char *line = worker->text, *end = line + have, *newline;
	size_t left;

	while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
		*newline = '\0';
		look_line(worker, process, line);
		line = newline + 1;
	}
	left = (size_t)(end - line);
	memmove(worker->text, line, left);
	return left;
}

bool worker_look_mappings(struct worker *worker, int process)
{
	int fd CLOSE_FD = beneath_open(process, "maps", O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	size_t have = 0;
	bool any = false;
	ssize_t n = 0;

	while (fd >= 0 && have < sizeof(worker->text)) {
		n = read(fd, worker->text + have, sizeof(worker->text) - have);
		if (n <= 0)
			break;
		any = true;
		have = look_lines(worker, process, have + (size_t)n);
	}
	if (fd < 0 || n < 0)
		worker_failed(worker, fd < 0 ? fd : -errno);
	else if (have > 0)
		worker->hidden = true; /* a line that no kernel writes */
	return any;
}
