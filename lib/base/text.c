// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_init(struct text *text, char *buffer, size_t size)
{
	*text = (struct text){ .buffer = buffer, .size = size };
	buffer[0] = '\0';
}

void text_add(struct text *text, const char *format, ...)
{
	size_t room = text->size - text->length;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text->buffer + text->length, room, format, arguments);
	va_end(arguments);
	if (n < 0 || (size_t)n >= room) {
		text->cut = true;
		text->length = strlen(text->buffer);
	} else {
		text->length += (size_t)n;
	}
}

void text_add_foreign(struct text *text, const char *foreign)
{
	for (; *foreign; foreign++)
		text_add(text, "%c", *foreign >= 0x20 && *foreign < 0x7f ? *foreign : '?');
}

int text_copy(char *target, size_t size, const char *source)
{
	size_t length = strlen(source);

	target[0] = '\0';
	if (length >= size)
		return -E2BIG;
	memcpy(target, source, length + 1);
	return 0;
}

bool text_take_line(const char **string, char *line, size_t size)
{
	size_t length = strcspn(*string, "\n"), fits = length < size ? length : size - 1;
	bool taken = **string;

	memcpy(line, *string, fits);
	line[fits] = '\0';
	*string += length + ((*string)[length] == '\n');
	return taken;
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return 16;
}

int text_parse_number(const char *string, unsigned int base, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*string)
		return -EINVAL;
	for (; *string; string++) {
		unsigned int digit = (unsigned int)digit_value(*string);

		if (digit >= base)
			return -EINVAL;
		if (value > (UINT64_MAX - digit) / base)
			return -ERANGE;
		value = value * base + digit;
	}
	if (value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}
