// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/console.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define VTCONSOLES  "class/vtconsole"
#define TTY_MAJOR   4
#define CONSOLE_MAX 63

/* fbcon's name, which says what it drives; the others are "dummy device" and "VGA+". */
#define FRAMEBUFFERS "frame buffer device"

/* Returns 1 when it is fbcon, and whether it is bound; 0; KERNEL_STUCK, -errno. */
static int read_driver(const struct host *host, const char *name, bool *ret_bound)
{
	char path[sizeof(VTCONSOLES "//bind") + 256], value[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), VTCONSOLES "/%s/name", name);
	n = attribute_read(host->sys, path, value, sizeof(value));
	if (n < 0)
		return n == -ENOENT ? 0 : (int)n;
	if (!strstr(value, FRAMEBUFFERS))
		return 0;
	(void)snprintf(path, sizeof(path), VTCONSOLES "/%s/bind", name);
	n = host->kernel->read(host, host->sys, path, value, sizeof(value), CONSOLE_DEADLINE_MS);
	if (n < 0)
		return n == -ENOENT ? 0 : (int)n;
	*ret_bound = strcmp(value, "0") != 0;
	return 1;
}

int console_find(const struct host *host, char name[CONSOLE_NAME_SIZE], bool *ret_bound)
{
	const struct dirent *entry;
	int r;
	DIR *list;

	r = beneath_list(host->sys, VTCONSOLES, &list);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while (r == 0 && (errno = 0, entry = readdir(list))) {
		if (entry->d_name[0] != '.')
			r = read_driver(host, entry->d_name, ret_bound);
		if (r > 0 && text_copy(name, CONSOLE_NAME_SIZE, entry->d_name) < 0)
			r = -EBADMSG;
	}
	if (r == 0)
		r = -errno;
	closedir(list);
	return r;
}

int console_find_bound(const struct host *host, char name[CONSOLE_NAME_SIZE])
{
	bool bound = false;
	int r = console_find(host, name, &bound);

	return r > 0 ? bound : r;
}

int console_add_nodes(const struct host *host, unsigned int framebuffer, struct address owner, struct nodes *nodes)
{
	struct node node = { .reach = NODE_CONSOLE, .major = TTY_MAJOR, .owner = owner };
	char name[CONSOLE_NAME_SIZE];
	uint64_t consoles = 0;
	int r;

	r = console_find_bound(host, name);
	if (r <= 0)
		return r;
	r = host->kernel->framebuffer_consoles(host, framebuffer, CONSOLE_DEADLINE_MS, &consoles);
	/* An ordinary user is not told, and sees no processes of others either. */
	if (r == -ENOENT || r == -ENODEV || (r == -EACCES && geteuid() != 0))
		return 0;
	if (r < 0)
		return r;
	for (node.minor = 1; node.minor <= CONSOLE_MAX && r == 0; node.minor++) {
		if ((consoles >> node.minor & 1) == 0)
			continue;
		(void)snprintf(node.name, sizeof(node.name), "/dev/tty%u", node.minor);
		r = nodes_add(nodes, &node);
	}
	return r;
}
