/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: what a domain's XML asks of the host's CPUs and memory, beside its devices. A value.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/cpuset.h"

/* Memory of the domain that is to come from huge pages of one size: of these nodes of the host, or of any. */
struct page_need {
	uint64_t page_kib;   /* 0: the host's default size */
	uint64_t kib;        /* not yet in whole pages */
	struct cpuset nodes; /* empty: any */
};

#define PAGE_NEEDS_MAX 64
#define PARTITION_SIZE 256

struct demand {
	unsigned int n_vcpus, n_pinned; /* those of them that have CPUs of their own */
	struct cpuset vcpus;            /* that these are pinned to */
	struct cpuset service;          /* that emulator and iothreads are pinned to */
	struct cpuset nodes;            /* that its memory is to come from; empty: any */
	char partition[PARTITION_SIZE]; /* <resource><partition>: "/machine" unless it says so */
	unsigned int n_needs;
	struct page_need needs[PAGE_NEEDS_MAX]; /* each size and set of nodes once */
	char problem[192];                      /* why that cannot be told, as a sentence; "" when it can */
};
