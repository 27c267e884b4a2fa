// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/bar.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/inventory.h"

#define RESOURCE_MEMORY       0x00000200u
#define RESOURCE_PREFETCHABLE 0x00002000u
#define RESOURCE_64BIT        0x00100000u
#define RESOURCE_UNSET        0x20000000u

/* The BARs, the ROM, those of virtual functions, a bridge's windows: 17 lines of 57 characters. */
#define RESOURCES_SIZE_MAX 4096

/* Three numbers of 0x and digits, with a space between them. */
static int parse_line(char *line, uint64_t numbers[3])
{
	char *rest = line;

	for (int i = 0; i < 3; i++) {
		const char *word = strsep(&rest, " ");

		if (!word || strncmp(word, "0x", 2) != 0 ||
			text_parse_number(word + 2, 16, UINT64_MAX, &numbers[i]) < 0)
			return -EBADMSG;
	}
	return rest ? -EBADMSG : 0;
}

static int parse_bar(char *line, struct bar *ret)
{
	uint64_t numbers[3], first, last, flags;

	if (parse_line(line, numbers) < 0)
		return -EBADMSG;
	first = numbers[0];
	last = numbers[1];
	flags = numbers[2];
	*ret = (struct bar){ 0 };
	if (first == 0 && last == 0)
		return 0;
	/* Backwards, or all there is: then the size is no number. */
	if (last < first || last - first == UINT64_MAX)
		return -EBADMSG;
	*ret = (struct bar){
		.start = first,
		.size = last - first + 1,
		.is_memory = flags & RESOURCE_MEMORY,
		.is_64bit = flags & RESOURCE_64BIT,
		.is_prefetchable = flags & RESOURCE_PREFETCHABLE,
		.is_unset = flags & RESOURCE_UNSET,
	};
	return 0;
}

int bar_parse(const char *text, struct bars *ret)
{
	struct bars bars;
	char line[64];

	for (unsigned int i = 0; i < BARS_MAX; i++) {
		if (!text_take_line(&text, line, sizeof(line)) || parse_bar(line, &bars.bars[i]) < 0)
			return -EBADMSG;
	}
	*ret = bars;
	return 0;
}

int bar_probe(const struct host *host, struct address address, struct bars *ret)
{
	int device CLOSE_FD = function_open(host, address);
	char text[RESOURCES_SIZE_MAX];
	ssize_t n;

	if (device < 0)
		return device;
	n = attribute_read(device, "resource", text, sizeof(text));
	return n < 0 ? (int)n : bar_parse(text, ret);
}

/* Documentation/ABI/testing/sysfs-devices-power */
static bool is_asleep(int device)
{
	char status[16];

	return attribute_read(device, "power/runtime_status", status, sizeof(status)) > 0 &&
	       strcmp(status, "active") != 0 && strcmp(status, "unsupported") != 0;
}

int bar_probe_sizes(const struct host *host, struct address address, unsigned int bar, uint64_t *ret)
{
	char name[sizeof("resource4294967295_resize")], value[32];
	int device CLOSE_FD = function_open(host, address);
	ssize_t n;

	if (device < 0)
		return device;
	(void)snprintf(name, sizeof(name), "resource%u_resize", bar);
	if (is_asleep(device) || !beneath_has(device, name))
		return -ENOENT;
	n = host->kernel->read(host, device, name, value, sizeof(value), BAR_DEADLINE_MS);
	if (n < 0)
		return (int)n;
	return text_parse_number(value, 16, UINT64_MAX, ret) < 0 ? -EBADMSG : 0;
}
