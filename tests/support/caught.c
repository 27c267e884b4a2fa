// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/caught.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

static struct caught lines[256];
static unsigned int n_lines;

void __wrap_log_send(int priority, const char *message, const struct log_field *fields, size_t n_fields);

void __wrap_log_send(int priority, const char *message, const struct log_field *fields, size_t n_fields)
{
	struct caught *line = &lines[n_lines];
	size_t n = 0;

	if (n_lines == sizeof(lines) / sizeof(lines[0]))
		return;
	n_lines++;
	line->priority = priority;
	line->fields[0] = '\0';
	(void)snprintf(line->message, sizeof(line->message), "%s", message);
	for (size_t i = 0; i < n_fields; i++) {
		if (fields[i].value)
			n += (size_t)snprintf(
				line->fields + n, sizeof(line->fields) - n, "%s=%s\n", fields[i].name, fields[i].value);
	}
}

void caught_clear(void)
{
	n_lines = 0;
}

unsigned int caught_count(void)
{
	return n_lines;
}

const struct caught *caught_at(unsigned int i)
{
	return &lines[i];
}

const char *caught_value(const struct caught *caught, const char *name, unsigned int n)
{
	static char value[1024];
	size_t length = strlen(name);

	value[0] = '\0';
	for (const char *line = caught->fields; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, name, length) != 0 || line[length] != '=' || n-- > 0)
			continue;
		(void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(line + length + 1, "\n"), line + length + 1);
		break;
	}
	return value;
}

const struct caught *caught_find(unsigned int from, const char *name, const char *value)
{
	for (unsigned int i = from; i < n_lines; i++) {
		if (strcmp(caught_value(&lines[i], name, 0), value) == 0)
			return &lines[i];
	}
	return NULL;
}
