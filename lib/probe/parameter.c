// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/parameter.h"

#include <string.h>

bool parameter_same_name(const char *a, size_t length_a, const char *b, size_t length_b)
{
	if (length_a != length_b)
		return false;
	for (size_t i = 0; i < length_a; i++) {
		if (a[i] != b[i] && !(strchr("-_", a[i]) && strchr("-_", b[i])))
			return false;
	}
	return true;
}

/* The length of the next one: up to a blank outside of quotes. */
static size_t measure(const char *text)
{
	bool quoted = false;
	size_t n;

	for (n = 0; text[n] && (quoted || !strchr(" \t\n", text[n])); n++)
		quoted = quoted != (text[n] == '"');
	return n;
}

/* A value of this length, whose words commas part. Quotes around it are not a part of it. */
static bool has_word(const char *value, size_t length, const char *word)
{
	if (length && value[0] == '"') {
		value++;
		length -= length > 1 && value[length - 2] == '"' ? 2 : 1;
	}
	for (;;) {
		const char *comma = memchr(value, ',', length);
		size_t n = comma ? (size_t)(comma - value) : length;

		if (parameter_same_name(value, n, word, strlen(word)))
			return true;
		if (!comma)
			return false;
		value += n + 1;
		length -= n + 1;
	}
}

bool parameters_have(const char *text, const char *name, const char *word)
{
	for (;;) {
		size_t length, key;
		const char *equals;

		text += strspn(text, " \t\n");
		length = measure(text);
		if (length == 0 || (length == 2 && strncmp(text, "--", 2) == 0))
			return false;
		equals = memchr(text, '=', length);
		key = equals ? (size_t)(equals - text) : length;
		if (parameter_same_name(text, key, name, strlen(name)) &&
			(!word || (equals && has_word(equals + 1, length - key - 1, word))))
			return true;
		text += length;
	}
}

int parameters_probe(const struct host *host, char text[PARAMETERS_SIZE])
{
	ssize_t n = attribute_read(host->proc, "cmdline", text, PARAMETERS_SIZE);

	return n < 0 ? (int)n : 0;
}
