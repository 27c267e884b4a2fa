/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: a directory, entry by entry, in memory of the caller: readdir(3) allocates for each directory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct listing {
	int fd;       /* the caller's */
	char *buffer; /* aligned as an uint64_t */
	size_t size, n, at;
	bool is_directory; /* the entry that was returned last, or its file system does not tell */
};

/* Returns 1 and *ret, which is valid until the next call, 0 at the end, or -errno. */
int listing_next(struct listing *listing, const char **ret);

/* The number that a name is, or -1. */
pid_t listing_number(const char *name);
