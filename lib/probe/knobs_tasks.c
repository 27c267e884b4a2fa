// SPDX-License-Identifier: GPL-2.0-or-later
/* The threads of user space that have CPUs of their own. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/cpus.h"
#include "probe/knobs_look.h"
#include "probe/listing.h"
#include "probe/process_stat.h"
#include "probe/vm.h"

/*
 * What a control group leaves to its threads: its own file says, or that of the nearest one above that has one. The
 * last answer is kept: threads of a process, which are looked at together, are mostly in the same one.
 */
static const struct cpuset *probe_left(struct knobs_look *look, const char *group)
{
	char above[KNOB_KEY_SIZE], path[KNOB_KEY_SIZE + sizeof("fs/cgroup//cpuset.cpus.effective")];
	char *slash;

	if (strcmp(look->asked, group) == 0 && *group)
		return &look->left;
	(void)text_copy(look->asked, sizeof(look->asked), group);
	(void)text_copy(above, sizeof(above), group);
	while (*above) {
		(void)snprintf(path, sizeof(path), "fs/cgroup/%s/cpuset.cpus.effective", above);
		if (cpus_read_list(look->host->sys, path, &look->left) >= 0 && !cpuset_is_empty(&look->left))
			return &look->left;
		slash = strrchr(above, '/');
		*(slash ? slash : above) = '\0';
	}
	look->left = look->online;
	return &look->left;
}

/* Whether they are fewer than its control group leaves it. One that is part of a VM has them from libvirt. */
static bool has_own_cpus(struct knobs_look *look, pid_t tid, const struct cpuset *cpus)
{
	char group[KNOB_KEY_SIZE];

	if (cpuset_contains(cpus, &look->online))
		return false;
	if (process_probe_group(look->host, tid, group, sizeof(group)) < 0 || groups_find_machine(look->groups, group))
		return false;
	/* One that has come since they were listed. Whoever calls a group of their own so gets nothing restored. */
	if (group_cut_vm(group) == 0)
		return false;
	return !cpuset_contains(cpus, probe_left(look, group));
}

static void look_at_task(struct knobs_look *look, pid_t tid)
{
	char text[PROCESS_STAT_SIZE];
	struct process_stat stat;
	struct cpuset cpus;
	struct knob *knob;

	if (look->host->kernel->get_affinity(look->host, tid, &cpus) < 0 || !has_own_cpus(look, tid, &cpus))
		return;
	if (process_stat_read(look->host, tid, text, &stat) <= 0 || stat.flags & PROCESS_FLAG_KERNEL)
		return;
	knob = thread_see(look, tid, stat.start, &cpus);
	if (knob)
		knob->frail = true;
}

static void look_at_process(struct knobs_look *look, pid_t pid)
{
	_Alignas(uint64_t) char entries[4096];
	struct listing listing = { .buffer = entries, .size = sizeof(entries) };
	int directory CLOSE_FD = -1;
	const char *name;
	char path[32];

	(void)snprintf(path, sizeof(path), "%d/task", (int)pid);
	directory = beneath_open(look->host->proc, path, O_RDONLY | O_DIRECTORY, 0);
	if (directory < 0)
		return;
	listing.fd = directory;
	while (listing_next(&listing, &name) > 0) {
		if (listing_number(name) > 0)
			look_at_task(look, listing_number(name));
	}
}

void tasks_look(struct knobs_look *look)
{
	int r = processes_each(look, look_at_process);

	if (r < 0)
		notes_add(look->notes, "cannot list processes, whose CPUs may be lost: %s", strerror(-r));
}
