// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/pool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FORM "node%u/hugepages/hugepages-%" PRIu64 "kB"

void pool_id_text(struct pool_id id, char text[POOL_ID_SIZE])
{
	(void)snprintf(text, POOL_ID_SIZE, FORM, id.node, id.page_kib);
}

int pool_id_parse(const char *text, struct pool_id *ret)
{
	char again[POOL_ID_SIZE];
	struct pool_id id;

	if (sscanf(text, FORM, &id.node, (uint64_t *)&id.page_kib) != 2)
		return -EINVAL;
	/* What scanf(3) lets pass beside the form. */
	pool_id_text(id, again);
	if (strcmp(text, again) != 0)
		return -EINVAL;
	*ret = id;
	return 0;
}
