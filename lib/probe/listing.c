// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/listing.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>

int listing_next(struct listing *listing, const char **ret)
{
	const struct dirent64 *entry;

	if (listing->at == listing->n) {
		ssize_t n = getdents64(listing->fd, listing->buffer, listing->size);

		if (n <= 0)
			return n < 0 ? -errno : 0;
		listing->n = (size_t)n;
		listing->at = 0;
	}
	entry = (const struct dirent64 *)(const void *)(listing->buffer + listing->at);
	listing->at += entry->d_reclen;
	listing->is_directory = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
	*ret = entry->d_name;
	return 1;
}

pid_t listing_number(const char *name)
{
	pid_t number = 0;

	if (!*name)
		return -1;
	for (; *name; name++) {
		if (*name < '0' || *name > '9' || number > (INT_MAX - 9) / 10)
			return -1;
		number = number * 10 + (*name - '0');
	}
	return number;
}
