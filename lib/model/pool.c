// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/pool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define FORM   "node%u/hugepages/hugepages-%" PRIu64 "kB"

void pool_id_text(struct pool_id id, char text[POOL_ID_SIZE])
{
	(void)snprintf(text, POOL_ID_SIZE, FORM, id.node, id.page_kib);
}

int pool_id_parse(const char *text, struct pool_id *ret)
{
	const char *node = strpbrk(text, DIGITS), *size = strrchr(text, '-');
	char again[POOL_ID_SIZE];
	struct pool_id id;

	if (!node || !size)
		return -EINVAL;
	id.node = (unsigned int)strtoul(node, NULL, 10);
	id.page_kib = strtoull(size + 1, NULL, 10);
	/* Whatever else was there is not there again. */
	pool_id_text(id, again);
	if (strcmp(text, again) != 0)
		return -EINVAL;
	*ret = id;
	return 0;
}
