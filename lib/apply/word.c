// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/word.h"

#include <errno.h>
#include <string.h>

static bool is_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("._:()+/-", c);
}

void word_write(struct text *text, const char *value)
{
	if (!*value) {
		text_add(text, "-");
		return;
	}
	/* A value that is itself "-" must not read as none. */
	if (strcmp(value, "-") == 0) {
		text_add(text, "%%2d");
		return;
	}
	for (; *value; value++)
		text_add(text, is_plain((unsigned char)*value) ? "%c" : "%%%02x", (unsigned char)*value);
}

int word_read(const char *word, char *target, size_t size)
{
	size_t n = 0;

	if (strcmp(word, "-") == 0)
		word = "";
	while (*word) {
		uint64_t c = (unsigned char)*word;

		if (c == '%') {
			char digits[3] = { word[1], (char)(word[1] ? word[2] : '\0'), '\0' };

			if (strlen(digits) != 2 || text_parse_number(digits, 16, 0xff, &c) < 0 || c == 0)
				return -EBADMSG;
			word += 2;
		}
		if (n + 1 >= size)
			return -EBADMSG;
		target[n++] = (char)c;
		word++;
	}
	target[n] = '\0';
	return 0;
}

int word_split(char *line, char *words[], unsigned int max)
{
	unsigned int n = 0;

	for (char *word; (word = strsep(&line, " ")); n++) {
		if (n == max)
			return -EBADMSG;
		words[n] = word;
	}
	return (int)n;
}
