/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the parts of process_scan(), for the files of that name alone. A scan is shared by its workers, one thread
 * each, and is only read by them but for what a lock guards. A worker looks at one process at a time, and has all
 * the memory that it ever needs.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "host/host.h"
#include "model/holder.h"
#include "probe/listing.h"
#include "probe/mapping.h"

/* ---- what is looked for ---- */

struct scan_key {
	uint64_t number; /* scan_number() */
	unsigned int node;
};

struct scan {
	const struct host *host;
	const struct nodes *nodes;
	struct scan_key keys[NODES_MAX]; /* by number; one number may be of several nodes */
	bool procfs;                     /* the kernel's, and no recorded tree */
	bool live;                       /* with the PIDs that system calls take */
	pid_t self;
	/* File systems of the kernel's own, by minor number, where no device node can be; 0 for none. */
	unsigned int anonymous_minor, shared_minor;

	pthread_mutex_t lock; /* of all below */
	int list;             /* /proc */
	int error;            /* of listing it */
	struct holders *ret;
};

/* A device number as one; 0 is none. */
uint64_t scan_number(mode_t mode, uint32_t major, uint32_t minor);

/* Adds the nodes of a device number to the set. */
void scan_match_number(const struct scan *scan, uint64_t number, struct node_set *set);

/* Adds the node that has the name, where there is no number to be had. */
void scan_match_name(const struct scan *scan, const char *name, struct node_set *set);

/* ---- one process ---- */

#define WORKER_FILES 2048 /* mapped files whose answer is kept: a power of 2 */
#define WORKER_PLAIN 32   /* file systems that are not that of dma-bufs */

struct worker_file {
	uint64_t inode, path; /* path: its hash; inode numbers are not unique below all file systems' device numbers */
	uint32_t major, minor;
	uint64_t number; /* of the device that the file is; 0 is none */
};

struct worker {
	struct scan *scan;
	pthread_t thread;

	int process; /* /proc/PID, which is never another process's; valid while it is looked at */
	struct node_set opened, mapped;
	bool dma_buf;
	bool hidden; /* something of it may not be looked at */

	struct worker_file files[WORKER_FILES];
	unsigned int plain[WORKER_PLAIN], n_plain;
	/* Of listings. */
	_Alignas(uint64_t) char pids[1024], tasks[4096], entries[32768];
	/* Of a line of maps: a path of PATH_MAX, each byte of it as \012. */
	char text[32768];
};

/* What did not work says: gone, which is no error; or that it may not, or could not, be looked at. */
void worker_failed(struct worker *worker, int error);

/* Looks at the process and all its threads; what it holds is then in the worker. */
void worker_look_process(struct worker *worker, pid_t pid);

/* Looks at a table of descriptors, fd or task/TID/fd of the process. */
void worker_look_descriptors(struct worker *worker, const char *table);

/* Looks at the mappings of a process directory. Returns whether there are any. */
bool worker_look_mappings(struct worker *worker, int process);
