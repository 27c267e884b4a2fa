// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "model/domain.h"
#include "probe/process_stat.h"

static bool is_named(const struct process_stat *stat, const char *name)
{
	return stat->name_length == strlen(name) && memcmp(stat->name, name, stat->name_length) == 0;
}

int daemon_probe(const struct host *host, pid_t pid, uint64_t *ret_start)
{
	struct process_stat stat;
	char text[PROCESS_STAT_SIZE];
	int r = process_stat_read(host, pid, text, &stat);

	if (r <= 0)
		return r;
	if (!is_named(&stat, "libvirtd") && !is_named(&stat, "virtqemud"))
		return 0;
	*ret_start = stat.start;
	return 1;
}

int daemon_keeps_domain(const struct host *host, const char *name)
{
	char path[sizeof("libvirt/qemu/.xml") + DOMAIN_NAME_SIZE];
	int fd CLOSE_FD = -1;

	(void)snprintf(path, sizeof(path), "libvirt/qemu/%s.xml", name);
	fd = beneath_open(host->run, path, O_PATH | O_NOFOLLOW, 0);
	return fd == -ENOENT || fd == -ENOTDIR ? 0 : fd < 0 ? fd : 1;
}
