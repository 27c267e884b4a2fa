// SPDX-License-Identifier: GPL-2.0-or-later
/* A process and its threads. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "probe/scan.h"

/* Tables of descriptors of one process that a thread's is compared with. */
#define TABLES_MAX 8

void worker_failed(struct worker *worker, int error)
{
	if (error != -ENOENT && error != -ESRCH)
		worker->hidden = true;
}

/* Whether the thread shares its table with one of the tasks, as far as the kernel tells: kcmp(2) may be missing. */
static bool shares_table(const pid_t tables[], unsigned int n_tables, pid_t thread)
{
	for (unsigned int i = 0; i < n_tables; i++) {
		if (syscall(SYS_kcmp, tables[i], thread, KCMP_FILES, 0, 0) == 0)
			return true;
	}
	return false;
}

/* /proc/TID has all that /proc/PID has, though it is not listed. Returns whether it has mappings. */
static bool look_thread_mappings(struct worker *worker, const char *tid)
{
	int thread CLOSE_FD = beneath_open(worker->scan->host->proc, tid, O_PATH | O_DIRECTORY, 0);

	if (thread < 0) {
		worker_failed(worker, thread);
		return false;
	}
	return worker_look_mappings(worker, thread);
}

/*
 * Threads share all memory, and nearly always all descriptors. mapped: the leader's memory was seen; a leader that
 * has ended has none, while its threads live.
 */
static void look_threads(struct worker *worker, pid_t leader, bool mapped)
{
	int list CLOSE_FD = beneath_open(worker->process, "task", O_RDONLY | O_DIRECTORY, 0);
	struct listing listing = { .fd = list, .buffer = worker->tasks, .size = sizeof(worker->tasks) };
	pid_t tables[TABLES_MAX] = { leader }, thread;
	unsigned int n_tables = 1;
	const char *name;
	int r = list;

	while (list >= 0 && (r = listing_next(&listing, &name)) > 0) {
		char path[64];

		thread = listing_number(name);
		if (thread < 0 || thread == leader)
			continue;
		if (!worker->scan->live || !shares_table(tables, n_tables, thread)) {
			(void)snprintf(path, sizeof(path), "task/%s/fd", name);
			worker_look_descriptors(worker, path);
			if (n_tables < TABLES_MAX)
				tables[n_tables++] = thread;
		}
		if (!mapped)
			mapped = look_thread_mappings(worker, name);
	}
	if (r < 0)
		worker_failed(worker, r);
}

/* The kernel counts the threads in the links of the directory, as those of any directory (proc_task_getattr()). */
static bool has_threads(const struct worker *worker)
{
	struct statx status;

	return !worker->scan->procfs || statx(worker->process, "task", AT_STATX_DONT_SYNC, STATX_NLINK, &status) < 0 ||
	       status.stx_nlink != 3;
}

void worker_look_process(struct worker *worker, pid_t pid)
{
	bool mapped;

	worker_look_descriptors(worker, "fd");
	mapped = worker_look_mappings(worker, worker->process);
	if (has_threads(worker))
		look_threads(worker, pid, mapped);
}
