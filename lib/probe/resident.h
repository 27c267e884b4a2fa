/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: which NUMA nodes the memory of a process is on, by /proc/PID/numa_maps (proc(5)). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"
#include "host/host.h"
#include "model/cpuset.h"

/* MAX_NUMNODES of the kernel is no more. */
#define RESIDENT_NODES_MAX 1024

/* By the kernel's number of a node. */
struct resident {
	uint64_t kib[RESIDENT_NODES_MAX];      /* all of it */
	uint64_t huge_kib[RESIDENT_NODES_MAX]; /* what of that is of huge pages (hugetlbfs) */
};

/*
 * Adds up all mappings. The kernel walks through every page for it, under a lock of the process, so it is done by
 * host->kernel->look. Returns 0; -ENOENT when the process is gone, or the kernel has no NUMA; -ETIMEDOUT; -EBADMSG;
 * -errno.
 */
int resident_probe(const struct host *host, pid_t pid, struct resident *ret, int deadline_ms);

/* Adds where it is, and that it is to be on these nodes, any when there are none: "2.0 GiB on node 1, where its …". */
void resident_describe(struct text *text, const struct resident *resident, const struct cpuset *nodes);

/*
 * The text, in pieces of any size. Clear it first, and feed it all of the text; resident_reader_end() tells whether it
 * was one: 0; -EBADMSG for what no kernel writes, and for a line without its end. Pure.
 */
struct resident_reader {
	struct resident resident; /* of the lines that have ended */
	/* Of the line that has not. */
	uint64_t pages[RESIDENT_NODES_MAX];
	uint16_t nodes[RESIDENT_NODES_MAX]; /* those that have pages */
	unsigned int n_nodes;
	uint64_t page_kib; /* 0: not said */
	bool huge;
	bool begun;
	/* Of the word that has not: longer ones are of no interest. */
	char word[48];
	size_t length;
	bool broken;
};

void resident_reader_feed(struct resident_reader *reader, const char *text, size_t size);
int resident_reader_end(const struct resident_reader *reader);
