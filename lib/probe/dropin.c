// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/dropin.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "host/host.h"
#include "model/knob.h"

const char *group_unit(const char *group)
{
	const char *slash = strrchr(group, '/'), *name = slash ? slash + 1 : group;

	return name[0] == '_' && name[1] ? name + 1 : name;
}

static bool is_there(int directory, const char *path)
{
	int fd CLOSE_FD = beneath_open(directory, path, O_PATH | O_NOFOLLOW, 0);

	return fd >= 0;
}

/* Every scope is transient, init.scope as well, which has no file. */
const char *dropin_directory(int systemd, const char *unit)
{
	char path[KNOB_KEY_SIZE + sizeof("transient/")];
	const char *suffix = strrchr(unit, '.');

	(void)snprintf(path, sizeof(path), "transient/%s", unit);
	return (suffix && strcmp(suffix, ".scope") == 0) || is_there(systemd, path) ? "transient" : "system.control";
}

const char *dropin_probe(int systemd, const char *unit)
{
	char path[KNOB_KEY_SIZE + sizeof("system.control/.d/" DROPIN_NAME)];
	const char *directory = dropin_directory(systemd, unit);

	(void)snprintf(path, sizeof(path), "%s/%s.d/" DROPIN_NAME, directory, unit);
	if (is_there(systemd, path))
		return DROPIN_FILE;
	*strrchr(path, '/') = '\0';
	if (is_there(systemd, path))
		return DROPIN_DIRECTORY;
	return is_there(systemd, directory) ? DROPIN_ELSEWHERE : DROPIN_NOTHING;
}
