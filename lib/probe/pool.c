// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"

#define NODES "devices/system/node"
#define WHOLE "kernel/mm/hugepages"

/* Sizes in KiB and their products with counts stay numbers. */
#define SIZE_MAX_KIB (UINT64_C(1) << 32)
#define COUNT_MAX    (UINT64_C(1) << 31)

/* A read takes some 10 us, and a page that is freed not much less. */
#define READS_MAX 1000

/* The number between a prefix and a suffix. */
static bool parse_name(const char *name, const char *prefix, const char *suffix, uint64_t max, uint64_t *ret)
{
	size_t length = strlen(name), before = strlen(prefix), behind = strlen(suffix);
	char digits[24];

	if (length <= before + behind || length - before - behind >= sizeof(digits))
		return false;
	if (strncmp(name, prefix, before) != 0 || strcmp(name + length - behind, suffix) != 0)
		return false;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)(length - before - behind), name + before);
	return text_parse_number(digits, 10, max, ret) == 0;
}

static int read_count(const struct host *host, const char *directory, const char *name, uint64_t *ret)
{
	char path[640], text[32];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	n = attribute_read(host->sys, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	return text_parse_number(text, 10, COUNT_MAX, ret) < 0 ? -EBADMSG : 0;
}

/*
 * Surplus pages that are freed go from both counts at once, but nobody can read both at once: what was read in between
 * is of the same moment when the number around it has not changed.
 */
static int read_pool(const struct host *host, const char *directory, struct pool *pool)
{
	uint64_t all, again;
	int r = read_count(host, directory, "nr_hugepages", &again);

	for (unsigned int i = 0; r == 0 && i < READS_MAX; i++) {
		all = again;
		r = read_count(host, directory, "free_hugepages", &pool->free);
		if (r == 0)
			r = read_count(host, directory, "surplus_hugepages", &pool->surplus);
		if (r == 0)
			r = read_count(host, directory, "nr_hugepages", &again);
		if (r < 0 || again != all)
			continue;
		/* It counts those as well that are only left until they are freed; what is written to it does not. */
		pool->total = all > pool->surplus ? all - pool->surplus : 0;
		return 0;
	}
	return r < 0 ? r : -EAGAIN;
}

static int add_pool(
	const struct host *host, const char *directory, unsigned int node, uint64_t page_kib, struct pools *pools)
{
	struct pool pool = { .node = node, .page_kib = page_kib };
	int r;

	if (pools->n_pools == POOLS_MAX)
		return -E2BIG;
	r = read_pool(host, directory, &pool);
	if (r == 0)
		pools->pools[pools->n_pools++] = pool;
	return r;
}

/* Of a node, all sizes. A node that has gone, or has no huge pages, has no pool. */
static int add_sizes(const struct host *host, const char *directory, unsigned int node, struct pools *pools)
{
	const struct dirent *entry;
	char path[320];
	uint64_t kib;
	DIR *list;
	int r = beneath_list(host->sys, directory, &list);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while (r == 0 && (errno = 0, entry = readdir(list))) {
		if (!parse_name(entry->d_name, "hugepages-", "kB", SIZE_MAX_KIB, &kib) || kib == 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		r = add_pool(host, path, node, kib, pools);
	}
	r = r < 0 ? r : -errno;
	closedir(list);
	return r;
}

/* Returns -ENOENT when there are none. */
static int add_nodes(const struct host *host, struct pools *pools)
{
	const struct dirent *entry;
	char path[64];
	uint64_t node;
	DIR *list;
	int r = beneath_list(host->sys, NODES, &list);

	if (r < 0)
		return r;
	while (r == 0 && (errno = 0, entry = readdir(list))) {
		if (!parse_name(entry->d_name, "node", "", UINT32_MAX, &node))
			continue;
		(void)snprintf(path, sizeof(path), NODES "/node%" PRIu64 "/hugepages", node);
		r = add_sizes(host, path, (unsigned int)node, pools);
	}
	r = r < 0 ? r : -errno;
	closedir(list);
	return r;
}

static int compare_pools(const void *a, const void *b)
{
	const struct pool *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return x->page_kib < y->page_kib ? -1 : x->page_kib > y->page_kib;
}

/* Of "Hugepagesize:       2048 kB"; 0 where there is no such line. */
static uint64_t read_default(const struct host *host)
{
	static const char key[] = "\nHugepagesize:";
	char text[8192], digits[24] = "";
	const char *found;
	uint64_t kib = 0;

	if (attribute_read(host->proc, "meminfo", text, sizeof(text)) <= 0)
		return 0;
	found = strstr(text, key);
	if (!found || sscanf(found + sizeof(key) - 1, " %23[0-9] kB", digits) != 1)
		return 0;
	return text_parse_number(digits, 10, SIZE_MAX_KIB, &kib) < 0 ? 0 : kib;
}

int pools_probe(const struct host *host, struct pools *ret)
{
	char path[64];
	uint64_t reserved = 0;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = add_nodes(host, ret);
	if (r == -ENOENT)
		r = add_sizes(host, WHOLE, 0, ret);
	if (r < 0)
		return r;
	qsort(ret->pools, ret->n_pools, sizeof(ret->pools[0]), compare_pools);
	ret->default_kib = read_default(host);
	if (ret->default_kib == 0)
		return 0;
	(void)snprintf(path, sizeof(path), WHOLE "/hugepages-%" PRIu64 "kB", ret->default_kib);
	r = read_count(host, path, "resv_hugepages", &reserved);
	if (r < 0 && r != -ENOENT)
		return r;
	ret->reserved_kib = reserved * ret->default_kib;
	return 0;
}

void pool_path(const struct host *host, struct pool_id id, const char *attribute, char path[POOL_PATH_SIZE])
{
	int nodes CLOSE_FD = id.node == 0 ? beneath_open(host->sys, NODES, O_PATH | O_DIRECTORY, 0) : -1;
	char text[POOL_ID_SIZE];

	pool_id_text(id, text);
	if (nodes == -ENOENT)
		(void)snprintf(path, POOL_PATH_SIZE, WHOLE "%s%s", strrchr(text, '/'), attribute);
	else
		(void)snprintf(path, POOL_PATH_SIZE, NODES "/%s%s", text, attribute);
}

int pool_probe(const struct host *host, struct pool_id id, struct pool *ret)
{
	char directory[POOL_PATH_SIZE];

	*ret = (struct pool){ .node = id.node, .page_kib = id.page_kib };
	pool_path(host, id, "", directory);
	return read_pool(host, directory, ret);
}
