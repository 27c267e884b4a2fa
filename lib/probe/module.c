// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/module.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/parameter.h"

/* modules.dep of a distribution's kernel has up to 1 MiB. */
#define LIST_SIZE_MAX (4u << 20)

#define FILE_SIZE_MAX (64u << 10)

void release_probe(const struct host *host, char release[RELEASE_SIZE])
{
	if (attribute_read(host->proc, "sys/kernel/osrelease", release, RELEASE_SIZE) < 0 || strchr(release, '/'))
		release[0] = '\0';
}

static bool is_loaded(const struct host *host, const char *name)
{
	char path[sizeof("module/") + 64];

	(void)snprintf(path, sizeof(path), "module/%s", name);
	for (char *c = path; *c; c++) {
		if (*c == '-')
			*c = '_';
	}
	return beneath_has(host->sys, path);
}

/* Returns 1, 0, -ENOENT when there is no such list, -errno. */
static int is_listed(const struct host *host, const char *release, const char *list, const char *name)
{
	static char text[LIST_SIZE_MAX];
	char path[sizeof("lib/modules//") + RELEASE_SIZE + 32];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "lib/modules/%s/%s", release, list);
	n = attribute_read(host->usr, path, text, sizeof(text));
	/* Where /lib is not a link to /usr/lib. */
	if (n == -ENOENT)
		n = attribute_read(host->lib, path + strlen("lib/"), text, sizeof(text));
	return n < 0 ? (int)n : modules_have(text, name);
}

enum module_state module_probe(const struct host *host, const char *name)
{
	char release[RELEASE_SIZE];
	int r;

	if (is_loaded(host, name))
		return MODULE_LOADED;
	release_probe(host, release);
	if (!release[0])
		return MODULE_UNKNOWN;
	if (is_listed(host, release, "modules.builtin", name) > 0)
		return MODULE_BUILT_IN;
	r = is_listed(host, release, "modules.dep", name);
	return r < 0 ? MODULE_UNKNOWN : r ? MODULE_LOADABLE : MODULE_ABSENT;
}

/* ---- what keeps it off ---- */

struct place {
	int root;
	const char *path, *shown;
};

static bool ends_in_conf(const char *name)
{
	size_t length = strlen(name);

	return length > 5 && strcmp(name + length - 5, ".conf") == 0;
}

/* A file hides those of its name in the places behind its own. */
static bool is_hidden(const struct place *places, size_t index, const char *name)
{
	char path[320];

	for (size_t i = 0; i < index; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", places[i].path, name);
		if (beneath_has(places[i].root, path))
			return true;
	}
	return false;
}

static bool file_bans(const struct place *place, const char *file, const char *name)
{
	static char text[FILE_SIZE_MAX];
	char path[320];

	(void)snprintf(path, sizeof(path), "%s/%s", place->path, file);
	return attribute_read(place->root, path, text, sizeof(text)) > 0 && modprobe_bans(text, name);
}

static int find_in(const struct place *places, size_t index, const char *name, char *where, size_t size)
{
	const struct dirent *entry;
	DIR *list;
	int r = beneath_list(places[index].root, places[index].path, &list);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while (r == 0 && (errno = 0, entry = readdir(list))) {
		if (!ends_in_conf(entry->d_name) || is_hidden(places, index, entry->d_name) ||
			!file_bans(&places[index], entry->d_name, name))
			continue;
		(void)snprintf(where, size, "%s/%s", places[index].shown, entry->d_name);
		r = 1;
	}
	closedir(list);
	return r;
}

int module_find_ban(const struct host *host, const char *name, char *where, size_t size)
{
	const struct place places[] = {
		{ host->etc, "modprobe.d", "/etc/modprobe.d" },
		{ host->run, "modprobe.d", "/run/modprobe.d" },
		{ host->usr, "local/lib/modprobe.d", "/usr/local/lib/modprobe.d" },
		{ host->usr, "lib/modprobe.d", "/usr/lib/modprobe.d" },
		{ host->lib, "modprobe.d", "/lib/modprobe.d" },
	};
	static char parameters[PARAMETERS_SIZE];
	int r = 0;

	if (parameters_probe(host, parameters) == 0 && (parameters_have(parameters, "modprobe.blacklist", name) ||
							       parameters_have(parameters, "module_blacklist", name))) {
		(void)snprintf(where, size, "the kernel's command line");
		return 1;
	}
	for (size_t i = 0; r == 0 && i < sizeof(places) / sizeof(places[0]); i++)
		r = find_in(places, i, name, where, size);
	return r;
}
