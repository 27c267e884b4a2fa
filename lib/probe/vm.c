// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/vm.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/domain.h"
#include "probe/run.h"

/* All of a hybrid host's hierarchies, each with a path of PATH_MAX. */
#define GROUP_TEXT_SIZE 65536

static bool begins(const char *name, size_t length, const char *prefix)
{
	size_t n = strlen(prefix);

	return length > n && memcmp(name, prefix, n) == 0;
}

static bool ends(const char *name, size_t length, const char *suffix)
{
	size_t n = strlen(suffix);

	return length > n && memcmp(name + length - n, suffix, n) == 0;
}

bool group_name_is_vm(const char *name, size_t length)
{
	return (begins(name, length, "machine-qemu") && ends(name, length, ".scope")) ||
	       (begins(name, length, RUN_SCOPE_PREFIX) && ends(name, length, ".scope")) ||
	       (begins(name, length, "qemu-") && ends(name, length, ".libvirt-qemu"));
}

int group_parse(const char *text, char *group, size_t size)
{
	static const char mark[] = "0::/";
	const char *path = NULL;
	size_t length;

	group[0] = '\0';
	while (*text && !path) {
		if (strncmp(text, mark, sizeof(mark) - 1) == 0)
			path = text + sizeof(mark) - 1;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	if (!path)
		return -ENOENT;
	length = strcspn(path, "\n");
	/* Above the root of our namespace, or removed: nothing that can be found by this path. strchr() finds the end.
	 */
	if (strncmp(path, "..", 2) == 0 && strchr("/\n", path[2]))
		return -ENOENT;
	if (ends(path, length, " (deleted)"))
		return -ENOENT;
	if (length >= size)
		return -E2BIG;
	memcpy(group, path, length);
	group[length] = '\0';
	return 0;
}

int group_cut_vm(char *group)
{
	for (char *name = group; *name;) {
		size_t length = strcspn(name, "/");

		if (group_name_is_vm(name, length)) {
			name[length] = '\0';
			return 0;
		}
		name += length + (name[length] == '/');
	}
	return -ENOENT;
}

int process_probe_group(const struct host *host, pid_t pid, char *group, size_t size)
{
	char path[32], text[GROUP_TEXT_SIZE];
	ssize_t n;

	group[0] = '\0';
	(void)snprintf(path, sizeof(path), "%d/cgroup", (int)pid);
	n = attribute_read(host->proc, path, text, sizeof(text));
	if (n < 0)
		return n == -ESRCH ? -ENOENT : (int)n;
	return group_parse(text, group, size);
}

int vm_probe_group(const struct host *host, pid_t pid, char *group, size_t size)
{
	int r = process_probe_group(host, pid, group, size);

	return r < 0 ? r : group_cut_vm(group);
}

int vm_scope_probe(const struct host *host, pid_t pid, char *unit, size_t size)
{
	char group[4096];
	const char *name;
	int r = vm_probe_group(host, pid, group, sizeof(group));

	unit[0] = '\0';
	if (r < 0)
		return r;
	name = strrchr(group, '/');
	name = name ? name + 1 : group;
	return ends(name, strlen(name), ".scope") ? text_copy(unit, size, name) : -ENOENT;
}

/* QEMU by its name, or, for one that goes by another, by what it is part of: the number may be another process's now.
 */
static bool is_qemu(const struct host *host, pid_t pid)
{
	char path[32], command[32], group[4096];

	(void)snprintf(path, sizeof(path), "%d/comm", (int)pid);
	if (attribute_read(host->proc, path, command, sizeof(command)) < 0)
		return false;
	return strncmp(command, "qemu", 4) == 0 || vm_probe_group(host, pid, group, sizeof(group)) == 0;
}

int qemu_probe(const struct host *host, const char *name, pid_t *ret)
{
	char path[sizeof("libvirt/qemu/.pid") + DOMAIN_NAME_SIZE], text[32];
	uint64_t pid;
	ssize_t n;

	if (!*name || strchr(name, '/') || strlen(name) >= DOMAIN_NAME_SIZE)
		return -EINVAL;
	(void)snprintf(path, sizeof(path), "libvirt/qemu/%s.pid", name);
	n = attribute_read(host->run, path, text, sizeof(text));
	if (n == -ENOENT && run_name_is_valid(name))
		return run_find_process(host, name, ret);
	if (n < 0)
		return n == -E2BIG ? -EBADMSG : (int)n;
	if (text_parse_number(text, 10, INT32_MAX, &pid) < 0 || pid == 0)
		return -EBADMSG;
	if (!is_qemu(host, (pid_t)pid))
		return -ESRCH;
	*ret = (pid_t)pid;
	return 0;
}
