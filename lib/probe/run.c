// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/listing.h"

#define ROOT   "fs/cgroup/"
#define DIGITS 8

/* More than one process is there when the command has started others. */
#define PROCESSES_SIZE 65536

bool run_name_is_valid(const char *name)
{
	size_t length = strlen(RUN_NAME_PREFIX);

	return strncmp(name, RUN_NAME_PREFIX, length) == 0 && strlen(name + length) == DIGITS &&
	       strspn(name + length, "0123456789abcdef") == DIGITS;
}

/* "gpu-handoff-run-0a1b2c3d-….scope", of the name "run-0a1b2c3d". */
static bool is_scope_of(const char *entry, const char *name)
{
	size_t prefix = strlen(RUN_SCOPE_PREFIX), length = strlen(entry);

	return length > prefix + DIGITS && strncmp(entry, RUN_SCOPE_PREFIX, prefix) == 0 &&
	       memcmp(entry + prefix, name + strlen(RUN_NAME_PREFIX), DIGITS) == 0 && entry[prefix + DIGITS] == '-' &&
	       strcmp(entry + length - strlen(".scope"), ".scope") == 0;
}

int run_find_group(const struct host *host, const char *name, char *group, size_t size)
{
	int fd CLOSE_FD = -1;
	_Alignas(uint64_t) char entries[4096];
	struct listing listing = { .buffer = entries, .size = sizeof(entries) };
	const char *entry;
	struct text text;
	int r;

	if (!run_name_is_valid(name))
		return -EINVAL;
	fd = beneath_open(host->sys, ROOT RUN_SLICE, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return fd;
	listing.fd = fd;
	while ((r = listing_next(&listing, &entry)) > 0) {
		if (!listing.is_directory || !is_scope_of(entry, name))
			continue;
		text_init(&text, group, size);
		text_add(&text, RUN_SLICE "/%s", entry);
		return text.cut ? -E2BIG : 0;
	}
	return r < 0 ? r : -ENOENT;
}

int run_find_process(const struct host *host, const char *name, pid_t *ret)
{
	char group[512], path[sizeof(ROOT) + sizeof(group) + sizeof("/cgroup.procs")], text[PROCESSES_SIZE];
	ssize_t n;
	long pid;
	int r = run_find_group(host, name, group, sizeof(group));

	if (r < 0)
		return r;
	(void)snprintf(path, sizeof(path), ROOT "%s/cgroup.procs", group);
	n = attribute_read(host->sys, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	/* Empty while the last one ends; 0 is of another PID namespace. */
	pid = strtol(text, NULL, 10);
	if (pid <= 0 || pid > INT32_MAX)
		return -ENOENT;
	*ret = (pid_t)pid;
	return 0;
}

bool run_is_populated(const struct host *host, const char *name)
{
	pid_t pid;
	int r = run_find_process(host, name, &pid);

	return r != -ENOENT && r != -EINVAL;
}
