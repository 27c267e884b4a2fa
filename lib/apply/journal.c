// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/journal_text.h"
#include "apply/line.h"
#include "base/fd.h"
#include "base/text.h"
#include "host/runtime.h"

#define HELD_LINE      "held\n"
#define RETURNING_LINE "returning\n"
#define STARTED_LINE   "started\n"
#define SUFFIX         ".journal"
#define NEW_SUFFIX     ".new"
#define FILE_SIZE      (JOURNAL_OWNER_SIZE + sizeof(SUFFIX))

static void file_name(const char *owner, char name[FILE_SIZE])
{
	(void)snprintf(name, FILE_SIZE, "%s" SUFFIX, owner);
}

const char *journal_owner_name(const struct journal *journal)
{
	return journal->kind == JOURNAL_DOMAIN ? journal->name : journal->owner;
}

struct event_owner journal_owner(const struct journal *journal)
{
	bool is_domain = journal->kind == JOURNAL_DOMAIN && journal->owner[0];

	return (struct event_owner){ journal_owner_name(journal), is_domain ? journal->owner : NULL };
}

/* The names are at most three bytes for each of theirs, a line of a function at most 66, one of a pool some 80. */
#define HEAD_SIZE (4096 + 4 * CPUSET_TEXT_SIZE + 72 * PLAN_FUNCTIONS_MAX + 96 * PAGE_ORDERS_MAX)

int journal_create(int runtime, const struct journal *journal)
{
	char head[HEAD_SIZE], name[FILE_SIZE];
	int fd CLOSE_FD = -1;
	struct text text;
	int r;

	text_init(&text, head, sizeof(head));
	journal_write_head(&text, journal);
	if (text.cut)
		return -E2BIG;
	file_name(journal->owner, name);
	fd = runtime_file_open(runtime, name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL);
	if (fd < 0)
		return fd;
	r = fd_write_all(fd, text.buffer, text.length);
	if (r < 0) {
		(void)journal_remove(runtime, journal->owner);
		return r;
	}
	return TAKE_FD(fd);
}

int journal_append(int fd, const struct step *step)
{
	char line[64 + 6 * STEP_VALUE_SIZE];
	struct text text;

	text_init(&text, line, sizeof(line));
	journal_write_change(&text, step);
	if (text.cut)
		return -E2BIG;
	return line_append(fd, text.buffer, text.length);
}

int journal_append_writer(int fd, const struct journal *journal)
{
	char line[64];
	struct text text;

	text_init(&text, line, sizeof(line));
	journal_write_writer(&text, journal);
	return line_append(fd, text.buffer, text.length);
}

int journal_append_begun(int fd, const struct step *step)
{
	char line[64];
	struct text text;

	text_init(&text, line, sizeof(line));
	journal_write_begun(&text, step);
	return line_append(fd, text.buffer, text.length);
}

int journal_append_vanished(int fd, struct address address)
{
	char line[64];
	struct text text;

	text_init(&text, line, sizeof(line));
	journal_write_vanished(&text, address);
	return line_append(fd, text.buffer, text.length);
}

static int write_all(int fd, const struct journal *journal)
{
	char head[HEAD_SIZE];
	struct text text;
	int r;

	text_init(&text, head, sizeof(head));
	journal_write_head(&text, journal);
	if (journal->writer)
		journal_write_writer(&text, journal);
	r = text.cut ? -E2BIG : fd_write_all(fd, text.buffer, text.length);
	for (unsigned int i = 0; i < journal->plan.n_steps && r == 0; i++)
		r = journal_append(fd, &journal->plan.steps[i]);
	if (r == 0 && journal->has_last)
		r = journal_append_begun(fd, &journal->last);
	return r;
}

int journal_replace(int runtime, const struct journal *journal)
{
	char name[FILE_SIZE], new[FILE_SIZE + sizeof(NEW_SUFFIX)];
	int fd CLOSE_FD = -1;
	int r;

	file_name(journal->owner, name);
	(void)snprintf(new, sizeof(new), "%s" NEW_SUFFIX, name);
	fd = runtime_file_open(runtime, new, O_WRONLY | O_APPEND | O_CREAT | O_TRUNC);
	if (fd < 0)
		return fd;
	r = write_all(fd, journal);
	if (r == 0 && renameat(runtime, new, runtime, name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(runtime, new, 0);
	return r;
}

int journal_mark(int fd, enum journal_state state)
{
	const char *line = state == JOURNAL_HELD ? HELD_LINE : RETURNING_LINE;

	return line_append(fd, line, strlen(line));
}

int journal_read(int runtime, const char *owner, char *buffer, struct journal *ret)
{
	char name[FILE_SIZE];
	int fd CLOSE_FD = -1;
	struct stat st;
	ssize_t n;
	int r;

	file_name(owner, name);
	fd = runtime_file_open(runtime, name, O_RDONLY);
	if (fd < 0)
		return fd;
	n = fstat(fd, &st) < 0 ? -errno : fd_read_all(fd, buffer, JOURNAL_SIZE_MAX);
	if (n < 0)
		return n == -E2BIG ? -EBADMSG : (int)n;
	r = journal_parse(buffer, (size_t)n, ret);
	if (r < 0)
		return r;
	ret->changed = st.st_mtime;
	if (ret->owner[0] && strcmp(ret->owner, owner) != 0)
		return -EBADMSG;
	return text_copy(ret->owner, sizeof(ret->owner), owner);
}

int journal_refuse(const char *owner, int r, struct refusal *refusal)
{
	const char *why = r == -EBADMSG ? "it is damaged or of another version"
			  : r == -EPERM ? "it is not root's alone"
					: strerror(-r);

	return refusal_set(refusal, REFUSAL_STATE,
		"cannot read '/run/gpu-handoff/%s" SUFFIX "': %s; see to what it names, then remove it", owner, why);
}

int journal_open(int runtime, const char *owner)
{
	char name[FILE_SIZE];
	int fd CLOSE_FD = -1;
	int r;

	file_name(owner, name);
	fd = runtime_file_open(runtime, name, O_RDWR | O_APPEND);
	if (fd < 0)
		return fd;
	r = line_drop_half(fd);
	return r < 0 ? r : TAKE_FD(fd);
}

static void append_unlocked(int runtime, const char *owner, const char *line)
{
	char name[FILE_SIZE];
	int fd CLOSE_FD = -1;

	file_name(owner, name);
	fd = runtime_file_open(runtime, name, O_WRONLY | O_APPEND);
	if (fd >= 0)
		(void)fd_write_all(fd, line, strlen(line));
}

void journal_disown(int runtime, const char *owner)
{
	append_unlocked(runtime, owner, RETURNING_LINE);
}

void journal_start(int runtime, const char *owner)
{
	append_unlocked(runtime, owner, STARTED_LINE);
}

int journal_remove(int runtime, const char *owner)
{
	char name[FILE_SIZE];

	file_name(owner, name);
	return unlinkat(runtime, name, 0) < 0 ? -errno : 0;
}

int journal_for_each(int runtime, int (*visit)(const char *owner, void *data), void *data)
{
	struct dirent *entry;
	DIR *list;
	int r;

	r = beneath_list(runtime, ".", &list);
	if (r < 0)
		return r;
	while (r >= 0 && (errno = 0, entry = readdir(list))) {
		char owner[JOURNAL_OWNER_SIZE];
		size_t length = strlen(entry->d_name);

		if (length <= strlen(SUFFIX) || strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX) != 0)
			continue;
		entry->d_name[length - strlen(SUFFIX)] = '\0';
		if (text_copy(owner, sizeof(owner), entry->d_name) == 0)
			r = visit(owner, data);
	}
	if (r >= 0)
		r = -errno;
	closedir(list);
	return r;
}
