// SPDX-License-Identifier: GPL-2.0-or-later
/* The descriptors of a process. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "probe/scan.h"

/* How a link of a dma-buf begins (dmabuffs_dname() of drivers/dma-buf/dma-buf.c). */
#define DMA_BUF_LINK "/dmabuf:"

/* "size:\t…\nexp_name:\tnvidia\n…"; behind it is a name that the holder gives, so the first one counts. */
static bool is_nvidia(const char *fdinfo)
{
	static const char key[] = "exp_name:";
	const char *line = fdinfo;

	while (strncmp(line, key, sizeof(key) - 1) != 0) {
		line = strchr(line, '\n');
		if (!line)
			return false;
		line++;
	}
	line += sizeof(key) - 1;
	line += strspn(line, "\t ");
	return strncmp(line, "nvidia", strlen("nvidia")) == 0;
}

/* table is …fd; its information is beside it, in …fdinfo. */
static void look_dma_buf(struct worker *worker, const char *table, const char *name)
{
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%sinfo/%s", table, name);
	n = attribute_read(worker->process, path, worker->text, sizeof(worker->text));
	if (n < 0)
		worker_failed(worker, (int)n);
	else if (is_nvidia(worker->text))
		worker->dma_buf = true;
}

/* Returns 1 for the link of a dma-buf, else 0, or -errno. The link is in worker->text. */
static int is_dma_buf(struct worker *worker, int list, const char *name)
{
	ssize_t n = readlinkat(list, name, worker->text, sizeof(worker->text) - 1);

	if (n < 0)
		return -errno;
	worker->text[n] = '\0';
	return strncmp(worker->text, DMA_BUF_LINK, strlen(DMA_BUF_LINK)) == 0;
}

static int look_status(int list, const char *name, struct statx *ret)
{
	/*
	 * Asks for nothing, so that no server of a file system is asked: type and device number come all the same, and
	 * a FUSE of another user's answers without a type instead of refusing.
	 */
	return statx(list, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, 0, ret) < 0 ? -errno : 0;
}

/* Whether no file with this status can be a dma-buf: they have no type, or that of a file, on a file system apart. */
static bool is_plain(const struct worker *worker, const struct statx *status)
{
	unsigned int type = status->stx_mode & S_IFMT;

	if ((type != 0 && type != S_IFREG) || status->stx_dev_major != 0)
		return true;
	for (unsigned int i = 0; i < WORKER_PLAIN && i < worker->n_plain; i++) {
		if (worker->plain[i] == status->stx_dev_minor)
			return true;
	}
	return status->stx_dev_minor == worker->scan->anonymous_minor ||
	       status->stx_dev_minor == worker->scan->shared_minor;
}

/* A file on a file system that nobody has looked at yet: by its link, which tells one dma-buf and all that are none. */
static void look_other(struct worker *worker, int list, const char *table, const char *name, const struct statx *before)
{
	struct statx after;
	int r = is_dma_buf(worker, list, name);

	if (r < 0)
		worker_failed(worker, r);
	else if (r > 0)
		look_dma_buf(worker, table, name);
	/* It may have been closed and another opened in its place, between the two looks. */
	else if (look_status(list, name, &after) == 0 && after.stx_dev_major == before->stx_dev_major &&
		 after.stx_dev_minor == before->stx_dev_minor && after.stx_ino == before->stx_ino)
		worker->plain[worker->n_plain++ % WORKER_PLAIN] = before->stx_dev_minor;
}

/* What its file system tells nothing of. That the link can be read shows that the process may be looked at. */
static void look_unknown(struct worker *worker, int list, const char *table, const char *name)
{
	int r = is_dma_buf(worker, list, name);

	if (r < 0)
		worker_failed(worker, r);
	else if (r > 0)
		look_dma_buf(worker, table, name);
	else
		scan_match_name(worker->scan, worker->text, &worker->opened);
}

void worker_look_descriptors(struct worker *worker, const char *table)
{
	int list CLOSE_FD = beneath_open(worker->process, table, O_RDONLY | O_DIRECTORY, 0);
	struct listing listing = { .fd = list, .buffer = worker->entries, .size = sizeof(worker->entries) };
	const char *name;
	int r = list;

	while (list >= 0 && (r = listing_next(&listing, &name)) > 0) {
		struct statx status;

		if (name[0] < '0' || name[0] > '9')
			continue;
		if (look_status(list, name, &status) < 0)
			look_unknown(worker, list, table, name);
		else if (S_ISCHR(status.stx_mode) || S_ISBLK(status.stx_mode))
			scan_match_number(worker->scan,
				scan_number(status.stx_mode, status.stx_rdev_major, status.stx_rdev_minor),
				&worker->opened);
		else if (!is_plain(worker, &status))
			look_other(worker, list, table, name, &status);
	}
	if (r < 0)
		worker_failed(worker, r);
}
