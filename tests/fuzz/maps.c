// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/maps, where a person names the files: each line by mapping_parse(), the whole of it by process_scan(). */
#include <errno.h>

#include "probe/mapping.h"
#include "probe/process.h"
#include "tests/fuzz/tree.h"

#define NODE "/dev/nvidia0"

/* Returns whether it is a mapping of something that is called as the node is. */
static bool promise_line(const char *line)
{
	const struct mapping untouched = { .start = 0xa5, .inode = 0xa5 };
	char name[MAPPING_NAME_SIZE], *end;
	struct mapping mapping = untouched;
	int r = mapping_parse(line, &mapping);

	PROMISE(r == 0 || r == -EBADMSG);
	if (r < 0) {
		PROMISE(memcmp(&mapping, &untouched, sizeof(mapping)) == 0);
		return false;
	}
	PROMISE(mapping.path > line && mapping.path <= line + strlen(line) && *mapping.path != ' ');
	PROMISE(mapping.start == strtoull(line, &end, 16) && *end == '-');
	mapping_name(&mapping, name);
	PROMISE(memchr(name, '\0', sizeof(name)));
	PROMISE(mapping.start == strtoull(name, &end, 16) && *end == '-');
	PROMISE(mapping.end == strtoull(end + 1, &end, 16) && *end == '\0');
	PROMISE(name[0] != '0' || name[1] == '-');
	return mapping.inode != 0 && strcmp(mapping.path, NODE) == 0;
}

static void put_host(struct host *host)
{
	static const char stat[] = "812 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 2214";

	host->proc = tree_new();
	tree_directory(host->proc, "812");
	tree_write(host->proc, "812/stat", stat, sizeof(stat) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct host host = { .sys = -1, .proc = -1, .dev = -1, .run = -1 };
	static struct nodes nodes = { 1, { { .major = 195, .name = NODE } } };
	static struct holders holders;
	char *text = fuzz_string(data, size);
	bool holds = false;
	char *rest = text;

	if (host.proc < 0)
		put_host(&host);
	size = strlen(text);
	tree_write(host.proc, "812/maps", text, size);
	/* A line without its end is no line of the kernel's: the process counts as one that cannot be looked at. */
	for (char *end; (end = strchr(rest, '\n')); rest = end + 1) {
		*end = '\0';
		if (promise_line(rest))
			holds = true;
	}
	PROMISE(process_scan(&host, &nodes, &holders) == 0);
	PROMISE(holders.n_holders <= 1 && holders.n_hidden <= 1 && holders.n_more == 0);
	PROMISE(size > 16384 || (holders.n_holders == 1) == holds);
	PROMISE(*rest == '\0' || holders.n_hidden == 1);
	free(text);
	return 0;
}
