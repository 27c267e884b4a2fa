// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/setup/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/setup/record.h"
#include "host/runtime.h"

#define PARENT "lib/gpu-handoff"
#define NAME   "setup"
#define PATH   "/var/" PARENT "/" NAME
#define RECORD "record"

/* The name of ours in /var/lib, and what is found by it, outlast the power. */
static int sync_name(const struct host *host)
{
	int fd CLOSE_FD = beneath_open(host->var, "lib", O_RDONLY | O_DIRECTORY, 0);

	return fd < 0 ? fd : fsync(fd);
}

int store_open(const struct host *host, bool create)
{
	int parent CLOSE_FD = runtime_directory_open(host->var, PARENT, create);
	int fd CLOSE_FD = parent < 0 ? parent : runtime_directory_open(parent, NAME, create);

	if (fd < 0)
		return fd;
	if (create && (sync_name(host) < 0 || fsync(parent) < 0 || fsync(fd) < 0))
		return -errno;
	return flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : TAKE_FD(fd);
}

static int write_part(int store, const char *name, const char *bytes, size_t size)
{
	const struct durable_owner owner = { .mode = 0600, .uid = geteuid(), .gid = getegid() };

	return durable_write(store, name, bytes, size, &owner);
}

int store_write_state(int store, const struct setup *setup)
{
	char *text = malloc(RECORD_SIZE_MAX);
	int r = text ? record_print(setup, text, RECORD_SIZE_MAX) : -ENOMEM;

	if (r >= 0)
		r = write_part(store, RECORD, text, strlen(text));
	free(text);
	return r;
}

int store_write(int store, const struct setup *setup)
{
	int r = 0;

	for (unsigned int i = 0; i < setup->n_files && r >= 0; i++) {
		const struct setup_file *file = &setup->files[i];
		char name[32];

		(void)snprintf(name, sizeof(name), "%u.before", i);
		r = write_part(store, name, file->before.bytes, file->before.length);
		(void)snprintf(name, sizeof(name), "%u.after", i);
		if (r >= 0)
			r = write_part(store, name, file->after.bytes, file->after.length);
	}
	return r < 0 ? r : store_write_state(store, setup);
}

static int read_part(int store, const char *name, struct setup_content *content)
{
	struct durable_owner owner;
	ssize_t n = durable_read(store, name, content->bytes, sizeof(content->bytes) - 1, &owner);

	if (n < 0)
		return n == -ENOENT ? -EINVAL : (int)n;
	content->length = (size_t)n;
	content->bytes[n] = '\0';
	return 0;
}

int store_read(int store, struct setup *ret)
{
	char *text = malloc(RECORD_SIZE_MAX);
	struct durable_owner owner;
	ssize_t n = text ? durable_read(store, RECORD, text, RECORD_SIZE_MAX - 1, &owner) : -ENOMEM;
	int r = (int)n;

	if (n >= 0) {
		text[n] = '\0';
		r = strlen(text) == (size_t)n ? record_parse(text, ret) : -EINVAL;
	}
	free(text);
	for (unsigned int i = 0; r >= 0 && i < ret->n_files; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "%u.before", i);
		r = read_part(store, name, &ret->files[i].before);
		(void)snprintf(name, sizeof(name), "%u.after", i);
		if (r >= 0)
			r = read_part(store, name, &ret->files[i].after);
	}
	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

static int remove_parts(int store)
{
	const struct dirent *file;
	DIR *list;
	int r = durable_remove(store, RECORD);

	if (r >= 0)
		r = beneath_list(store, ".", &list);
	if (r < 0)
		return r;
	while (r >= 0 && (file = readdir(list))) {
		if (strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0)
			r = unlinkat(store, file->d_name, 0) < 0 && errno != ENOENT ? -errno : 0;
	}
	(void)closedir(list);
	return r;
}

int store_remove(const struct host *host, int store)
{
	int r = store < 0 ? 0 : remove_parts(store);

	if (r >= 0 && store >= 0)
		r = durable_remove_directory(host->var, PARENT "/" NAME);
	if (r >= 0)
		r = durable_remove_directory(host->var, PARENT);
	return r == -ENOTEMPTY ? 0 : r;
}

int store_refuse(int r, struct refusal *refusal)
{
	if (r == -EWOULDBLOCK)
		return refusal_set(
			refusal, REFUSAL_LOCKED, "another 'setup' or 'reset' is at work; wait until it has ended");
	if (r == -EPERM)
		return refusal_set(
			refusal, REFUSAL_STATE, "'" PATH "' is not root's alone; look what is in it, and who made it");
	if (r == -EINVAL)
		return refusal_set(refusal, REFUSAL_STATE,
			"'" PATH "' cannot be read; compare its files with those of the host, and then remove it");
	return refusal_set(refusal, REFUSAL_STATE, "cannot use '" PATH "': %s; nothing was changed", strerror(-r));
}
