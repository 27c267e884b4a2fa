// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "probe/process_stat.h"
#include "probe/scan.h"

#define WORKERS_MAX 4
/* A thread costs about as much as looking at so many processes. */
#define WORKER_PROCESSES 64
/* Processes that a worker takes at a time: few, for some are large. */
#define BATCH_MAX 64

/* Who it is. Returns 0, or -ENOENT when it is gone. */
static int describe(struct worker *worker, pid_t pid, struct holder *ret)
{
	struct process_stat parsed;
	struct stat st;
	ssize_t n;

	*ret = (struct holder){
		.pid = pid, .opened = worker->opened, .mapped = worker->mapped, .dma_buf = worker->dma_buf
	};
	n = attribute_read(worker->process, "stat", worker->text, sizeof(worker->text));
	if (n == -ENOENT || n == -ESRCH || fstat(worker->process, &st) < 0)
		return -ENOENT;
	ret->uid = st.st_uid;
	if (n >= 0 && process_stat_parse(worker->text, &parsed) == 0) {
		size_t length = parsed.name_length < HOLDER_COMMAND_SIZE ? parsed.name_length : HOLDER_COMMAND_SIZE - 1;

		memcpy(ret->command, parsed.name, length);
		ret->start = parsed.start;
	}
	n = attribute_read(worker->process, "cgroup", worker->text, sizeof(worker->text));
	unit_parse(n >= 0 ? worker->text : "", &ret->unit);
	return 0;
}

/* Under the scan's lock. Keeps the lowest PIDs, so that the threads' order decides nothing. */
static void add_holder(struct holders *holders, const struct holder *holder)
{
	unsigned int i = holders->n_holders;

	if (i == HOLDERS_MAX) {
		holders->n_more++;
		if (holders->holders[--i].pid < holder->pid)
			return;
	} else {
		holders->n_holders++;
	}
	for (; i > 0 && holders->holders[i - 1].pid > holder->pid; i--)
		holders->holders[i] = holders->holders[i - 1];
	holders->holders[i] = *holder;
}

static void report(struct worker *worker, pid_t pid)
{
	bool found = worker->dma_buf || !node_set_is_empty(&worker->opened) || !node_set_is_empty(&worker->mapped);
	struct scan *scan = worker->scan;
	struct holder holder;

	found = found && describe(worker, pid, &holder) == 0;
	if (!found && !worker->hidden)
		return;
	(void)pthread_mutex_lock(&scan->lock);
	scan->ret->n_hidden += worker->hidden;
	if (found)
		add_holder(scan->ret, &holder);
	(void)pthread_mutex_unlock(&scan->lock);
}

static void look(struct worker *worker, pid_t pid)
{
	int process CLOSE_FD = -1;
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", (int)pid);
	worker->opened = worker->mapped = (struct node_set){ { 0 } };
	worker->dma_buf = worker->hidden = false;
	process = beneath_open(worker->scan->host->proc, name, O_PATH | O_DIRECTORY, 0);
	worker->process = process;
	if (process < 0)
		worker_failed(worker, process);
	else
		worker_look_process(worker, pid);
	report(worker, pid);
}

/* Takes the next processes off the list. Returns how many, 0 at its end. */
static unsigned int take_batch(struct worker *worker, pid_t batch[BATCH_MAX])
{
	struct scan *scan = worker->scan;
	struct listing listing = { .fd = scan->list, .buffer = worker->pids, .size = sizeof(worker->pids) };
	unsigned int n = 0;
	const char *name;
	int r;

	(void)pthread_mutex_lock(&scan->lock);
	do {
		r = scan->error < 0 ? 0 : listing_next(&listing, &name);
		if (r < 0)
			scan->error = r;
		else if (r > 0 && listing_number(name) > 0 && listing_number(name) != scan->self)
			batch[n++] = listing_number(name);
		/* Until the buffer is empty: what is left in it would be lost. */
	} while (r > 0 && (listing.at < listing.n || n == 0));
	(void)pthread_mutex_unlock(&scan->lock);
	return n;
}

static void *work(void *data)
{
	struct worker *worker = data;
	pid_t batch[BATCH_MAX];
	unsigned int n;

	while ((n = take_batch(worker, batch)) > 0) {
		for (unsigned int i = 0; i < n; i++)
			look(worker, batch[i]);
	}
	return NULL;
}

static int compare_keys(const void *a, const void *b)
{
	const struct scan_key *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* The minor number of the file system that a descriptor of the kernel's own is on, or 0. Closes it. */
static unsigned int take_minor(int fd)
{
	int mine CLOSE_FD = fd;
	struct stat st;

	return mine >= 0 && fstat(mine, &st) == 0 && major(st.st_dev) == 0 ? minor(st.st_dev) : 0;
}

static void prepare(struct scan *scan)
{
	struct statfs fs;
	char self[16] = "";

	for (unsigned int i = 0; i < scan->nodes->n_nodes; i++) {
		const struct node *node = &scan->nodes->nodes[i];

		scan->keys[i].number = scan_number(node->block ? S_IFBLK : S_IFCHR, node->major, node->minor);
		scan->keys[i].node = i;
	}
	qsort(scan->keys, scan->nodes->n_nodes, sizeof(scan->keys[0]), compare_keys);
	scan->procfs = fstatfs(scan->list, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
	if (!scan->procfs || readlinkat(scan->host->proc, "self", self, sizeof(self) - 1) < 0)
		return;
	scan->self = listing_number(self);
	scan->live = scan->self == getpid();
	scan->anonymous_minor = take_minor(eventfd(0, EFD_CLOEXEC));
	scan->shared_minor = take_minor(memfd_create("scan", MFD_CLOEXEC));
}

/* The kernel counts the processes in the links of /proc. */
static unsigned int count_workers(const struct scan *scan)
{
	unsigned int n = 1, cpus = 1;
	cpu_set_t set;
	struct stat st;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cpus = (unsigned int)CPU_COUNT(&set);
	else if (sysconf(_SC_NPROCESSORS_ONLN) > 0)
		cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	if (scan->procfs && fstat(scan->list, &st) == 0)
		n += (unsigned int)(st.st_nlink / WORKER_PROCESSES);
	n = n < cpus ? n : cpus;
	n = n < WORKERS_MAX ? n : WORKERS_MAX;
	return n > 0 ? n : 1;
}

/* Starts the others and works as well; where no thread is to be had, alone. Returns when all are done. */
static void run_workers(struct worker *workers, unsigned int n)
{
	unsigned int n_started = 1;
	sigset_t all, before;

	/* A signal is for the program's own thread. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (n_started < n && pthread_create(&workers[n_started].thread, NULL, work, &workers[n_started]) == 0)
		n_started++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)work(&workers[0]);
	for (unsigned int i = 1; i < n_started; i++)
		(void)pthread_join(workers[i].thread, NULL);
}

int process_scan(const struct host *host, const struct nodes *nodes, struct holders *ret)
{
	int list CLOSE_FD = beneath_open(host->proc, ".", O_RDONLY | O_DIRECTORY, 0);
	struct scan scan = { .host = host, .nodes = nodes, .self = -1, .list = list, .ret = ret };
	/* Who is in the middle of a handover allocates nothing. */
	static struct worker workers[WORKERS_MAX];
	unsigned int n;

	ret->n_holders = ret->n_more = ret->n_hidden = 0;
	if (list < 0)
		return list;
	prepare(&scan);
	n = count_workers(&scan);
	memset(workers, 0, n * sizeof(workers[0]));
	for (unsigned int i = 0; i < n; i++)
		workers[i].scan = &scan;
	(void)pthread_mutex_init(&scan.lock, NULL);
	run_workers(workers, n);
	(void)pthread_mutex_destroy(&scan.lock);
	for (unsigned int i = 0; i < n; i++)
		workers[i].scan = NULL;
	return scan.error;
}

int process_probe_start(const struct host *host, pid_t pid, uint64_t *ret)
{
	struct process_stat stat;
	char text[PROCESS_STAT_SIZE];
	int r = process_stat_read(host, pid, text, &stat);

	if (r <= 0)
		return r;
	/* One that has ended holds nothing, though its parent has not asked yet; a leader may end before its threads.
	 */
	if ((stat.state == 'Z' || stat.state == 'X') && stat.n_threads <= 1)
		return 0;
	*ret = stat.start;
	return 1;
}

int process_is_alive(const struct host *host, pid_t pid, uint64_t start)
{
	uint64_t started;
	int r = process_probe_start(host, pid, &started);

	return r == 1 ? started == start : r;
}
