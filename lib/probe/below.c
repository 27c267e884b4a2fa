// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/below.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/inventory.h"

#define SUBSYSTEM_SIZE 64

struct walk {
	below_visit visit;
	void *data;
};

/* Links lead to other devices, and to where the walk has been. */
static bool is_directory(int parent, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_name[0] == '.')
		return false;
	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(parent, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* As sysfs writes it: what is shorter is something else's name. */
static bool is_function(const char *name)
{
	struct address address;

	return address_parse(name, &address) == 0 && strcmp(address_text(address).s, name) == 0;
}

static int visit_entry(const struct walk *walk, int parent, const char *name, int depth);

static int visit_entries(const struct walk *walk, DIR *list, int depth)
{
	const struct dirent *entry;
	int r = 0;

	if (depth == 0)
		return -ELOOP;
	while (r == 0 && (errno = 0, entry = readdir(list))) {
		if (is_directory(dirfd(list), entry) && !is_function(entry->d_name))
			r = visit_entry(walk, dirfd(list), entry->d_name, depth - 1);
	}
	if (r == 0 && !attribute_is_gone(-errno))
		r = -errno;
	return r;
}

static int visit_entry(const struct walk *walk, int parent, const char *name, int depth)
{
	char subsystem[SUBSYSTEM_SIZE];
	struct below below = { .name = name, .subsystem = subsystem };
	DIR *list;
	int r;

	r = beneath_list(parent, name, &list);
	if (r < 0)
		return attribute_is_gone(r) ? 0 : r;
	below.directory = dirfd(list);
	/* Without one it only groups what is below. */
	if (attribute_link_name(below.directory, "subsystem", subsystem, sizeof(subsystem)) > 0)
		r = walk->visit(walk->data, &below);
	if (r == 0)
		r = visit_entries(walk, list, depth);
	closedir(list);
	return r;
}

static int walk_directory(int directory, below_visit visit, void *data)
{
	const struct walk walk = { .visit = visit, .data = data };
	DIR *list;
	int r;

	if (directory < 0)
		return directory;
	r = beneath_list(directory, ".", &list);
	if (r < 0)
		return r;
	r = visit_entries(&walk, list, BELOW_DEPTH_MAX);
	closedir(list);
	return r;
}

int below_walk(const struct host *host, struct address address, below_visit visit, void *data)
{
	int function CLOSE_FD = function_open(host, address);

	return walk_directory(function, visit, data);
}

int below_walk_path(const struct host *host, const char *path, below_visit visit, void *data)
{
	int device CLOSE_FD = beneath_open(host->sys, path, O_PATH | O_DIRECTORY, 0);

	return walk_directory(device, visit, data);
}

int below_read_number(const struct below *below, const char *name, uint32_t *ret)
{
	char value[16];
	uint64_t number;
	ssize_t n = attribute_read(below->directory, name, value, sizeof(value));

	if (n < 0)
		return attribute_is_gone(n) ? -ENOENT : -EBADMSG;
	if (text_parse_number(value, 10, UINT32_MAX, &number) < 0)
		return -EBADMSG;
	*ret = (uint32_t)number;
	return 0;
}

int below_read_device(const struct below *below, uint32_t *ret_major, uint32_t *ret_minor)
{
	char value[32], *colon;
	uint64_t major, minor;
	ssize_t n = attribute_read(below->directory, "dev", value, sizeof(value));

	if (n < 0)
		return attribute_is_gone(n) ? -ENOENT : -EBADMSG;
	colon = strchr(value, ':');
	if (!colon)
		return -EBADMSG;
	*colon = '\0';
	/* MAJOR() and MINOR(): 12 and 20 bits. */
	if (text_parse_number(value, 10, 0xfff, &major) < 0 || text_parse_number(colon + 1, 10, 0xfffff, &minor) < 0)
		return -EBADMSG;
	*ret_major = (uint32_t)major;
	*ret_minor = (uint32_t)minor;
	return 0;
}
