// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/process_stat.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Fields of /proc/PID/stat, counted from 1 as in proc(5). */
#define FIELD_STATE     3
#define FIELD_FLAGS     9
#define FIELD_THREADS   20
#define FIELD_STARTTIME 22

static int parse_number(const char *field, size_t length, uint64_t *ret)
{
	char digits[sizeof("18446744073709551615")];

	if (length >= sizeof(digits))
		return -EBADMSG;
	memcpy(digits, field, length);
	digits[length] = '\0';
	return text_parse_number(digits, 10, UINT64_MAX, ret) < 0 ? -EBADMSG : 0;
}

int process_stat_parse(const char *text, struct process_stat *ret)
{
	/* PID (name) state …; the name may hold anything, a parenthesis too. */
	const char *name = strchr(text, '('), *field = strrchr(text, ')');
	struct process_stat stat = { 0 };
	int r = 0;

	if (!name || !field || field < name)
		return -EBADMSG;
	stat.name = name + 1;
	stat.name_length = (size_t)(field - stat.name);
	field++;
	for (int i = FIELD_STATE; i <= FIELD_STARTTIME && r == 0; i++) {
		size_t length;

		if (*field++ != ' ')
			return -EBADMSG;
		length = strcspn(field, " ");
		if (i == FIELD_STATE)
			stat.state = *field;
		else if (i == FIELD_FLAGS)
			r = parse_number(field, length, &stat.flags);
		else if (i == FIELD_THREADS)
			r = parse_number(field, length, &stat.n_threads);
		else if (i == FIELD_STARTTIME)
			r = parse_number(field, length, &stat.start);
		field += length;
	}
	if (r == 0)
		*ret = stat;
	return r;
}

int process_stat_read(const struct host *host, pid_t pid, char text[PROCESS_STAT_SIZE], struct process_stat *ret)
{
	char path[32];
	ssize_t n;
	int r;

	(void)snprintf(path, sizeof(path), "%d/stat", (int)pid);
	n = attribute_read(host->proc, path, text, PROCESS_STAT_SIZE);
	if (n < 0)
		return n == -ENOENT || n == -ESRCH ? 0 : (int)n;
	r = process_stat_parse(text, ret);
	return r < 0 ? r : 1;
}
