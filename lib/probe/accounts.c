// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/accounts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* A group with many members is one long line. */
#define FILE_SIZE_MAX (256u * 1024)

/* A name of 32 characters, a password that is elsewhere, a number; the members do not matter. */
#define LINE_SIZE 512

/* name:password:number:members. Returns whether it is the group. */
static bool parse_line(char *line, const char *name, gid_t *ret)
{
	char *rest = line, *fields[3];
	uint64_t number;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		fields[i] = strsep(&rest, ":");
		if (!rest)
			return false;
	}
	/* The last number is no group, but chown(2)'s word for leaving it. */
	if (strcmp(fields[0], name) != 0 || text_parse_number(fields[2], 10, UINT32_MAX - 1, &number) < 0)
		return false;
	*ret = (gid_t)number;
	return true;
}

int accounts_parse_group(const char *text, const char *name, gid_t *ret)
{
	char line[LINE_SIZE];

	while (text_take_line(&text, line, sizeof(line))) {
		if (parse_line(line, name, ret))
			return 1;
	}
	return 0;
}

int accounts_find_group(const struct host *host, const char *name, gid_t *ret)
{
	static char text[FILE_SIZE_MAX];
	ssize_t n = attribute_read(host->etc, "group", text, sizeof(text));

	if (n < 0)
		return n == -ENOENT ? 0 : (int)n;
	return accounts_parse_group(text, name, ret);
}
