// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/grub.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define VALUE_SIZE CMDLINE_SIZE

/* The value of an assignment in the text, with its quotes. */
struct span {
	size_t at, length;
};

static bool is_name(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

/*
 * Over the value of an assignment, which ends at a blank: parts between quotes of the three kinds that a shell has, and
 * parts without. Returns what is behind it, or NULL when a quote is still open at the end of the line.
 */
static const char *skip_value(const char *at, const char *end)
{
	while (at < end && *at != ' ' && *at != '\t') {
		char quote = *at;

		/* What these mean reaches further than a word. */
		if (strchr(";&|()<>", *at) || (*at == '\\' && at + 1 == end))
			return NULL;
		if (*at == '\\')
			at++;
		at++;
		if (quote != '"' && quote != '\'' && quote != '`')
			continue;
		for (; at < end && *at != quote; at++) {
			if (*at == '\\' && quote != '\'' && ++at == end)
				return NULL;
		}
		if (at++ == end)
			return NULL;
	}
	return at;
}

/*
 * One line without its newline. Returns 1 and its name and value when it is an assignment, 0 when it is blank or a
 * comment, -EINVAL when it is anything else.
 */
static int read_line(const char *line, const char *end, size_t *ret_name, const char **ret_value, const char **ret_end)
{
	const char *at = line;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == end || *at == '#')
		return 0;
	/* One that is set in may stand within something. */
	if (at != line || !is_name(*at, true))
		return -EINVAL;
	while (at < end && is_name(*at, false))
		at++;
	*ret_name = (size_t)(at - line);
	if (at == end || *at++ != '=')
		return -EINVAL;
	*ret_value = at;
	at = skip_value(at, end);
	*ret_end = at;
	while (at && at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at && (at == end || *at == '#') ? 1 : -EINVAL;
}

/* Returns 1 and *ret, 0, -EINVAL, -ENOTUNIQ. */
static int find(const char *text, const char *variable, struct span *ret)
{
	size_t wanted = strlen(variable), name = 0;
	const char *value = NULL, *value_end = NULL;
	int found = 0;

	for (const char *line = text; *line;) {
		const char *end = line + strcspn(line, "\n");
		int r = read_line(line, end, &name, &value, &value_end);

		if (r < 0)
			return r;
		if (r == 1 && name == wanted && memcmp(line, variable, wanted) == 0) {
			*ret = (struct span){ (size_t)(value - text), (size_t)(value_end - value) };
			if (found++)
				return -ENOTUNIQ;
		}
		line = *end ? end + 1 : end;
	}
	return found;
}

/* A value between two quotes, of which a shell makes nothing else. */
static bool is_plain(const char *value, size_t length)
{
	char quote = *value;

	if (length < 2 || (quote != '"' && quote != '\'') || value[length - 1] != quote)
		return false;
	for (size_t i = 1; i < length - 1; i++) {
		if ((unsigned char)value[i] < ' ' || strchr("\"'\\$`!", value[i]))
			return false;
	}
	return true;
}

int grub_read(const char *text, const char *variable, char *ret, size_t size)
{
	struct span span;
	int r = find(text, variable, &span);

	if (r <= 0)
		return r;
	if (!is_plain(text + span.at, span.length))
		return -EINVAL;
	if (span.length - 2 >= size)
		return -E2BIG;
	memcpy(ret, text + span.at + 1, span.length - 2);
	ret[span.length - 2] = '\0';
	return 1;
}

int grub_add(const char *text, const char *words, char *ret, size_t size)
{
	char value[VALUE_SIZE];
	struct span span;
	struct text out;
	int r = grub_read(text, GRUB_VARIABLE, value, sizeof(value));

	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	(void)find(text, GRUB_VARIABLE, &span);
	text_init(&out, ret, size);
	text_add(&out, "%.*s%s%s%s", (int)(span.at + span.length - 1), text, *value ? " " : "", words,
		text + span.at + span.length - 1);
	return out.cut ? -E2BIG : 0;
}

bool grub_is_set(const char *text, const char *variable)
{
	static const char *const yes[] = { "true", "\"true\"", "'true'", "y", "yes", "1" };
	struct span span;

	if (find(text, variable, &span) <= 0)
		return false;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strlen(yes[i]) == span.length && memcmp(text + span.at, yes[i], span.length) == 0)
			return true;
	}
	return false;
}
