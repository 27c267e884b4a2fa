// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/mapping.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 16;
}

/* Reads a number and the character that ends it. There are many such lines: no copy of a field is made. */
static bool take_number(const char **at, unsigned int base, char end, uint64_t max, uint64_t *ret)
{
	const char *c = *at;
	uint64_t value = 0;

	for (; digit_value(*c) < base; c++) {
		unsigned int digit = digit_value(*c);

		if (value > (max - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (c == *at || *c != end)
		return false;
	*at = c + 1;
	*ret = value;
	return true;
}

/* start-end perms offset major:minor inode, a blank at least, and a path, if there is one. */
int mapping_parse(const char *line, struct mapping *ret)
{
	uint64_t start, end, offset, major, minor, inode;

	if (!take_number(&line, 16, '-', UINT64_MAX, &start) || !take_number(&line, 16, ' ', UINT64_MAX, &end))
		return -EBADMSG;
	if (strspn(line, "rwxsp-") != 4 || line[4] != ' ')
		return -EBADMSG;
	line += 5;
	if (!take_number(&line, 16, ' ', UINT64_MAX, &offset) || !take_number(&line, 16, ':', UINT32_MAX, &major) ||
		!take_number(&line, 16, ' ', UINT32_MAX, &minor) || !take_number(&line, 10, ' ', UINT64_MAX, &inode))
		return -EBADMSG;
	*ret = (struct mapping){
		.start = start,
		.end = end,
		.major = (uint32_t)major,
		.minor = (uint32_t)minor,
		.inode = inode,
		.path = line + strspn(line, " "),
	};
	return 0;
}

void mapping_name(const struct mapping *mapping, char name[MAPPING_NAME_SIZE])
{
	/* Without the zeros that the line is filled with: the kernel finds none with them. */
	(void)snprintf(name, MAPPING_NAME_SIZE, "%" PRIx64 "-%" PRIx64, mapping->start, mapping->end);
}
