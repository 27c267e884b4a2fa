// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/udev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "probe/below.h"

struct search {
	const struct host *host;
	char name[NODE_NAME_SIZE]; /* of the one that was found */
};

static bool is_there(int directory, const char *path)
{
	int fd CLOSE_FD = beneath_open(directory, path, O_PATH, 0);

	return fd >= 0;
}

bool udev_is_running(const struct host *host)
{
	return is_there(host->run, "udev/control");
}

bool udev_is_idle(const struct host *host)
{
	return !is_there(host->run, "udev/queue");
}

void udev_probe_record(const struct host *host, struct address address, struct udev_record *ret)
{
	char path[sizeof("udev/data/+pci:") + ADDRESS_TEXT_SIZE];
	int fd CLOSE_FD = -1;
	struct stat st;

	(void)snprintf(path, sizeof(path), "udev/data/+pci:%s", address_text(address).s);
	fd = beneath_open(host->run, path, O_PATH, 0);
	*ret = (struct udev_record){ 0 };
	if (fd >= 0 && fstat(fd, &st) == 0)
		*ret = (struct udev_record){ .there = true, .inode = st.st_ino, .written = st.st_mtim };
}

bool udev_record_same(const struct udev_record *a, const struct udev_record *b)
{
	return a->there == b->there && a->inode == b->inode && a->written.tv_sec == b->written.tv_sec &&
	       a->written.tv_nsec == b->written.tv_nsec;
}

/* The links by number are udev's, and lead to the node, whatever that is called. */
static bool is_finished(const struct host *host, bool block, uint32_t major, uint32_t minor)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "udev/data/%c%u:%u", block ? 'b' : 'c', major, minor);
	if (!is_there(host->run, path))
		return false;
	(void)snprintf(path, sizeof(path), "%s/%u:%u", block ? "block" : "char", major, minor);
	return host->dev < 0 || is_there(host->dev, path);
}

static int visit_device(void *data, const struct below *below)
{
	struct search *search = data;
	uint32_t major, minor;
	int r = below_read_device(below, &major, &minor);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (is_finished(search->host, strcmp(below->subsystem, "block") == 0, major, minor))
		return 0;
	below_name(below, major, search->name, sizeof(search->name));
	return -EAGAIN;
}

int udev_find_unfinished(const struct host *host, struct address address, char name[NODE_NAME_SIZE])
{
	struct search search = { .host = host };
	int r = below_walk(host, address, visit_device, &search);

	if (r != -EAGAIN)
		return r;
	memcpy(name, search.name, sizeof(search.name));
	return 1;
}
