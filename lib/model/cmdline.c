// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cmdline.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

bool cmdline_next(const char **line, const char **word, size_t *length)
{
	const char *at = *line;
	bool quoted = false;

	while (isspace((unsigned char)*at))
		at++;
	*word = at;
	for (; *at && (quoted || !isspace((unsigned char)*at)); at++) {
		if (*at == '"')
			quoted = !quoted;
	}
	*length = (size_t)(at - *word);
	*line = at;
	return *length > 0;
}

bool cmdline_has(const char *line, const char *word)
{
	size_t size = strlen(word), length;
	const char *found;

	while (cmdline_next(&line, &found, &length)) {
		if (length == size && memcmp(found, word, size) == 0)
			return true;
	}
	return false;
}

/* The value of a word of this name, or NULL; one without a value has an empty one. */
static const char *value_of(const char *word, size_t length, const char *name)
{
	size_t size = strlen(name);

	if (length < size || memcmp(word, name, size) != 0 || (length > size && word[size] != '='))
		return NULL;
	return word + size + (length > size);
}

bool cmdline_has_name(const char *line, const char *name)
{
	const char *word;
	size_t length;

	while (cmdline_next(&line, &word, &length)) {
		if (value_of(word, length, name))
			return true;
	}
	return false;
}

static bool is_same(const char *part, size_t length, const char *value)
{
	return value && strlen(value) == length && memcmp(part, value, length) == 0;
}

bool cmdline_option_is(const char *line, const char *name, const char *value, const char *other)
{
	const char *word, *part;
	bool found = false;
	size_t length, n;

	while (cmdline_next(&line, &word, &length)) {
		for (part = value_of(word, length, name); part && part <= word + length; part += n + 1) {
			n = strcspn(part, ",");
			if (n > (size_t)(word + length - part))
				n = (size_t)(word + length - part);
			if (is_same(part, n, value))
				found = true;
			else if (is_same(part, n, other))
				found = false;
		}
	}
	return found;
}

struct cmdline_words cmdline_missing(const char *line, const struct cmdline_words *words)
{
	struct cmdline_words missing = { 0 };

	for (unsigned int i = 0; i < words->n; i++) {
		if (!cmdline_has(line, words->words[i]))
			missing.words[missing.n++] = words->words[i];
	}
	return missing;
}

struct cmdline_text cmdline_text(const struct cmdline_words *words)
{
	struct cmdline_text ret = { "" };
	struct text text;

	text_init(&text, ret.s, sizeof(ret.s));
	for (unsigned int i = 0; i < words->n; i++)
		text_add(&text, "%s%s", i ? " " : "", words->words[i]);
	return ret;
}
