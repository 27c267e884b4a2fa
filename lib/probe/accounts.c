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

/* ---- users ---- */

static bool is_user_name(const char *name)
{
	if (!*name || *name == '-' || *name == '.' || (*name >= '0' && *name <= '9') || strlen(name) >= USER_NAME_SIZE)
		return false;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] == '\0';
}

/* name:password:uid:gid:… Returns 1, 0 when it is another's, -EINVAL. */
static int parse_user(char *line, uid_t uid, char name[USER_NAME_SIZE], gid_t *ret_group)
{
	char *rest = line, *fields[4];
	uint64_t number, group;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		fields[i] = strsep(&rest, ":");
		if (!rest)
			return 0;
	}
	if (text_parse_number(fields[2], 10, UINT32_MAX - 1, &number) < 0 || number != uid ||
		text_parse_number(fields[3], 10, UINT32_MAX - 1, &group) < 0)
		return 0;
	if (!is_user_name(fields[0]))
		return -EINVAL;
	(void)text_copy(name, USER_NAME_SIZE, fields[0]);
	*ret_group = (gid_t)group;
	return 1;
}

int accounts_parse_user(const char *text, uid_t uid, char name[USER_NAME_SIZE], gid_t *ret_group)
{
	char line[LINE_SIZE];

	while (text_take_line(&text, line, sizeof(line))) {
		int r = parse_user(line, uid, name, ret_group);

		if (r != 0)
			return r;
	}
	return 0;
}

int accounts_find_user(const struct host *host, uid_t uid, char name[USER_NAME_SIZE], gid_t *ret_group)
{
	static char text[FILE_SIZE_MAX];
	ssize_t n = attribute_read(host->etc, "passwd", text, sizeof(text));

	if (n < 0)
		return n == -ENOENT ? 0 : (int)n;
	return accounts_parse_user(text, uid, name, ret_group);
}

/* name:password:number:member,member up to the end of the line. */
static bool line_has_member(const char *line, size_t length, const char *group, const char *user)
{
	const char *end = line + length, *at = line;
	size_t n_group = strlen(group), n_user = strlen(user);

	if (length <= n_group || memcmp(line, group, n_group) != 0 || line[n_group] != ':')
		return false;
	for (int i = 0; i < 3; i++) {
		at = memchr(at, ':', (size_t)(end - at));
		if (!at)
			return false;
		at++;
	}
	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t n = (size_t)((comma ? comma : end) - at);

		if (n == n_user && memcmp(at, user, n) == 0)
			return true;
		at += n + 1;
	}
	return false;
}

int accounts_parse_member(const char *text, const char *group, const char *user)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (line_has_member(text, length, group, user))
			return 1;
		text += length + (text[length] == '\n');
	}
	return 0;
}

int accounts_is_member(const struct host *host, const char *group, const char *user)
{
	static char text[FILE_SIZE_MAX];
	ssize_t n = attribute_read(host->etc, "group", text, sizeof(text));

	if (n < 0)
		return n == -ENOENT ? 0 : (int)n;
	return accounts_parse_member(text, group, user);
}
