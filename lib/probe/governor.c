// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/governor.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define POLICIES "devices/system/cpu/cpufreq"

static void add_policy(struct governors *governors, const char *name, const struct cpuset *cpus)
{
	unsigned int i = 0;

	while (i < governors->n_governors && strcmp(governors->governors[i].name, name) != 0)
		i++;
	if (i == GOVERNORS_MAX)
		return;
	if (i == governors->n_governors) {
		memset(&governors->governors[i], 0, sizeof(governors->governors[i]));
		(void)snprintf(governors->governors[i].name, GOVERNOR_SIZE, "%s", name);
		governors->n_governors++;
	}
	cpuset_add_all(&governors->governors[i].cpus, cpus);
}

void governors_probe(const struct host *host, struct governors *ret)
{
	struct dirent *entry;
	DIR *list;

	ret->n_governors = 0;
	if (beneath_list(host->sys, POLICIES, &list) < 0)
		return;
	while ((entry = readdir(list))) {
		char path[sizeof(POLICIES) + sizeof(entry->d_name) + 32], name[GOVERNOR_SIZE], text[CPUSET_TEXT_SIZE];
		struct cpuset cpus;

		if (strncmp(entry->d_name, "policy", strlen("policy")) != 0)
			continue;
		(void)snprintf(path, sizeof(path), POLICIES "/%s/scaling_governor", entry->d_name);
		if (attribute_read(host->sys, path, name, sizeof(name)) <= 0)
			continue;
		(void)snprintf(path, sizeof(path), POLICIES "/%s/affected_cpus", entry->d_name);
		if (attribute_read(host->sys, path, text, sizeof(text)) <= 0)
			continue;
		/* The kernel separates these by spaces. */
		for (char *c = text; (c = strchr(c, ' '));)
			*c = ',';
		if (cpuset_parse(text, &cpus) == 0)
			add_policy(ret, name, &cpus);
	}
	closedir(list);
}
