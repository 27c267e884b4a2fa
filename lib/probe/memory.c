// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LINE_SIZE 512

/* Blocks of 2^order pages: MAX_PAGE_ORDER is 13 where it is largest. */
#define ORDERS_MAX 16

#define KIB_MAX    (UINT64_C(1) << 40)
#define BLOCKS_MAX (UINT64_C(1) << 32)

/* A line whose first words are "Node" and the number of the node: behind them. NULL for another. */
static char *skip_node(char *line, uint64_t node)
{
	char *rest = line, *word = strsep(&rest, " ");
	uint64_t number;

	if (!rest || strcmp(word, "Node") != 0)
		return NULL;
	word = strsep(&rest, " ,");
	if (!rest || text_parse_number(word, 10, UINT32_MAX, &number) < 0 || number != node)
		return NULL;
	return rest + strspn(rest, " ");
}

static int read_kib(const char *text, uint64_t *ret)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%.*s", (int)strspn(text, "0123456789"), text);
	return text_parse_number(digits, 10, KIB_MAX, ret);
}

int node_meminfo_parse(const char *text, const char *key, uint64_t *ret_kib)
{
	char line[LINE_SIZE];
	size_t length = strlen(key);

	while (text_take_line(&text, line, sizeof(line))) {
		char *rest = line, *word = strsep(&rest, " ");
		const char *value;

		/* The file is of one node: which one it says is of no interest. */
		if (!rest || strcmp(word, "Node") != 0 || !strsep(&rest, " ") || !rest)
			continue;
		value = rest;
		if (strncmp(value, key, length) != 0 || value[length] != ':')
			continue;
		value += length + 1;
		return read_kib(value + strspn(value, " "), ret_kib) < 0 ? -EINVAL : 0;
	}
	return -EINVAL;
}

/* Adds the blocks of a line's zone, by their order. */
static void add_blocks(char *counts, uint64_t blocks[ORDERS_MAX])
{
	unsigned int order = 0;
	uint64_t count;
	char *word;

	/* "zone   Normal", then the counts. */
	while ((word = strsep(&counts, " ")) && order < ORDERS_MAX) {
		if (text_parse_number(word, 10, BLOCKS_MAX, &count) == 0)
			blocks[order++] += count;
	}
}

static uint64_t find_page_kib(uint64_t free_kib, uint64_t pages)
{
	uint64_t kib = pages ? free_kib / pages : 0;

	return kib < 8 ? 4 : kib < 32 ? 16 : 64;
}

int buddyinfo_parse(const char *text, unsigned int node, uint64_t free_kib, uint64_t page_kib, uint64_t *ret_kib)
{
	uint64_t blocks[ORDERS_MAX] = { 0 }, pages = 0, base_kib, sum = 0;
	char line[LINE_SIZE];
	bool found = false;

	while (text_take_line(&text, line, sizeof(line))) {
		char *rest = skip_node(line, node);

		if (!rest)
			continue;
		found = true;
		add_blocks(rest, blocks);
	}
	if (!found)
		return -EINVAL;
	for (unsigned int order = 0; order < ORDERS_MAX; order++)
		pages += blocks[order] << order;
	base_kib = find_page_kib(free_kib, pages);
	for (unsigned int order = 0; order < ORDERS_MAX; order++)
		sum += base_kib << order >= page_kib ? blocks[order] * (base_kib << order) : 0;
	*ret_kib = sum;
	return 0;
}

int node_free_probe(const struct host *host, unsigned int node, uint64_t page_kib, struct node_free *ret)
{
	static char text[65536];
	char path[64];
	ssize_t n;

	*ret = (struct node_free){ .total_kib = 0 };
	(void)snprintf(path, sizeof(path), "devices/system/node/node%u/meminfo", node);
	n = attribute_read(host->sys, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	if (node_meminfo_parse(text, "MemTotal", &ret->total_kib) < 0 ||
		node_meminfo_parse(text, "MemFree", &ret->free_kib) < 0)
		return -ENOENT;
	n = attribute_read(host->proc, "buddyinfo", text, sizeof(text));
	ret->has_blocks = n > 0 && buddyinfo_parse(text, node, ret->free_kib, page_kib, &ret->blocks_kib) == 0;
	return 0;
}
