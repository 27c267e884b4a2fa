/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the entries of a boot loader, a file each, LOADER/entries/NAME.conf, as the Boot Loader Specification has
 * them (https://uapi-group.org/specifications/specs/boot_loader_specification/, type 1).
 */
#pragma once

#include <limits.h>

#include "host/host.h"
#include "model/cmdline.h"

#define ENTRIES_MAX 32

struct entry {
	char name[NAME_MAX + 1];    /* of its file */
	char options[CMDLINE_SIZE]; /* the kernel's command line: what its lines "options" have, a blank between them */
};

struct entries {
	unsigned int n;
	struct entry entries[ENTRIES_MAX];
};

/*
 * Reads those in a directory beneath the root whose names begin with one of these prefixes, NULL at their end; NULL for
 * all of them. Returns 0; -ENOENT when there is no such directory; -E2BIG when there are more; -errno.
 */
int entries_probe(int root, const char *directory, const char *const prefixes[], struct entries *ret);

/* The options in the text of one. Returns 0; -ENOENT without any; -E2BIG. Pure. */
int entry_parse_options(const char *text, char *ret, size_t size);

/*
 * The words that none of the entries has. Returns 0; -EINVAL when one takes its options from elsewhere ("$kernelopts");
 * -ENOTUNIQ when some have a word and others have not. Pure.
 */
int entries_missing(const struct entries *entries, const struct cmdline_words *words, struct cmdline_words *ret);
