// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "model/domain.h"

/* The field of /proc/PID/stat, counted from 1 as in proc(5), that holds the start time. */
#define FIELD_STARTTIME 22

static int read_stat(const struct host *host, pid_t pid, char program[32], uint64_t *ret_start)
{
	char path[32], stat[1024], *name, *rest;
	size_t length;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%d/stat", (int)pid);
	n = attribute_read(host->proc, path, stat, sizeof(stat));
	if (n < 0)
		return n == -ENOENT || n == -ESRCH ? 0 : (int)n;
	/* PID (name) state …; the name may hold anything, a parenthesis too. */
	name = strchr(stat, '(');
	rest = strrchr(stat, ')');
	if (!name || !rest || rest < name)
		return -EBADMSG;
	name++;
	length = (size_t)(rest - name);
	(void)snprintf(program, 32, "%.*s", (int)length, name);
	rest++;
	for (int field = 3; field <= FIELD_STARTTIME; field++) {
		if (*rest++ != ' ')
			return -EBADMSG;
		if (field == FIELD_STARTTIME)
			break;
		rest += strcspn(rest, " ");
	}
	rest[strcspn(rest, " ")] = '\0';
	return text_parse_number(rest, 10, UINT64_MAX, ret_start) < 0 ? -EBADMSG : 1;
}

int daemon_probe(const struct host *host, pid_t pid, uint64_t *ret_start)
{
	char program[32];
	uint64_t start;
	int r = read_stat(host, pid, program, &start);

	if (r != 1)
		return r;
	if (strcmp(program, "libvirtd") != 0 && strcmp(program, "virtqemud") != 0)
		return 0;
	*ret_start = start;
	return 1;
}

int process_probe_start(const struct host *host, pid_t pid, uint64_t *ret_start)
{
	char program[32];

	return read_stat(host, pid, program, ret_start);
}

int daemon_keeps_domain(const struct host *host, const char *name)
{
	char path[sizeof("libvirt/qemu/.xml") + DOMAIN_NAME_SIZE];
	int fd CLOSE_FD = -1;

	(void)snprintf(path, sizeof(path), "libvirt/qemu/%s.xml", name);
	fd = beneath_open(host->run, path, O_PATH | O_NOFOLLOW, 0);
	return fd == -ENOENT || fd == -ENOTDIR ? 0 : fd < 0 ? fd : 1;
}
