// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/init.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LIBRARY "libsystemd-shared-"
#define CGROUP  "fs/cgroup/"

unsigned int systemd_parse_library(const char *name)
{
	size_t length = strlen(LIBRARY), n;
	char digits[8];
	uint64_t version;

	if (strncmp(name, LIBRARY, length) != 0)
		return 0;
	name += length;
	n = strspn(name, "0123456789");
	if (n >= sizeof(digits) || !strstr(name + n, ".so"))
		return 0;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)n, name);
	return text_parse_number(digits, 10, 100000, &version) < 0 ? 0 : (unsigned int)version;
}

static unsigned int find_library(const struct host *host, const char *path)
{
	const struct dirent *entry;
	unsigned int version = 0;
	DIR *list;

	if (beneath_list(host->usr, path, &list) < 0)
		return 0;
	while (version == 0 && (entry = readdir(list)))
		version = systemd_parse_library(entry->d_name);
	closedir(list);
	return version;
}

unsigned int systemd_probe_version(const struct host *host)
{
	unsigned int version = find_library(host, "lib/systemd");
	const struct dirent *entry;
	char path[320];
	DIR *list;

	if (version == 0)
		version = find_library(host, "lib64/systemd");
	if (version || beneath_list(host->usr, "lib", &list) < 0)
		return version;
	/* Debian has a directory for each architecture: x86_64-linux-gnu. */
	while (version == 0 && (entry = readdir(list))) {
		if (!strstr(entry->d_name, "-linux-"))
			continue;
		(void)snprintf(path, sizeof(path), "lib/%s/systemd", entry->d_name);
		version = find_library(host, path);
	}
	closedir(list);
	return version;
}

static bool has_word(char *text, const char *word)
{
	char *next;

	while ((next = strsep(&text, " "))) {
		if (strcmp(next, word) == 0)
			return true;
	}
	return false;
}

enum control_groups control_groups_probe(const struct host *host)
{
	char controllers[256];

	if (attribute_read(host->sys, CGROUP "cgroup.controllers", controllers, sizeof(controllers)) >= 0)
		return has_word(controllers, "cpuset") ? CONTROL_GROUPS_V2 : CONTROL_GROUPS_NO_CPUSET;
	if (beneath_has(host->sys, CGROUP "cpuset") || beneath_has(host->sys, CGROUP "unified") ||
		beneath_has(host->sys, CGROUP "systemd"))
		return CONTROL_GROUPS_V1;
	return CONTROL_GROUPS_UNKNOWN;
}
