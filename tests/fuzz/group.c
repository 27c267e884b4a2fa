// SPDX-License-Identifier: GPL-2.0-or-later
/* group_parse() of /proc/PID/cgroup, and what is a VM's of its path; a partition's slice. */
#include <errno.h>

#include "probe/groups.h"
#include "probe/vm.h"
#include "tests/fuzz/fuzz.h"

static void promise_slice(const char *partition)
{
	char path[KNOB_KEY_SIZE];

	partition_slice(partition, path, sizeof(path));
	promise_printable(path, sizeof(path));
	PROMISE(!*path || group_ends(path, ".slice"));
	PROMISE(*path != '/' && *path != '.' && !strstr(path, "//") && !strstr(path, "/."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), group[64], vm[64];
	int r = group_parse(text, group, sizeof(group));

	PROMISE(r == 0 || r == -ENOENT || r == -E2BIG);
	PROMISE(memchr(group, '\0', sizeof(group)) && !strchr(group, '\n'));
	PROMISE(r == 0 || !*group);
	memcpy(vm, group, sizeof(vm));
	r = group_cut_vm(vm);
	PROMISE(r == 0 || r == -ENOENT);
	if (r < 0)
		PROMISE(strcmp(vm, group) == 0);
	else
		PROMISE(strncmp(vm, group, strlen(vm)) == 0 &&
			(group_ends(vm, ".scope") || group_ends(vm, ".libvirt-qemu")));
	promise_slice(text);
	free(text);
	return 0;
}
