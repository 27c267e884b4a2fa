// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/kernel_cmdline.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "model/cmdline.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

int kernel_cmdline_add(const char *text, const char *words, char *ret, size_t size)
{
	size_t end = strlen(text), line, quotes = 0;
	struct text out;

	while (end > 0 && is_blank(text[end - 1]))
		end--;
	for (line = end; line > 0 && text[line - 1] != '\n'; line--)
		;
	line += strspn(text + line, " \t");
	for (size_t i = 0; i < end; i++)
		quotes += text[i] == '"';
	if (quotes % 2 != 0 || text[line] == '#')
		return -EINVAL;
	text_init(&out, ret, size);
	text_add(&out, "%.*s%s%s%s", (int)end, text, end ? " " : "", words, text + end);
	return out.cut ? -E2BIG : 0;
}

int kernel_cmdline_from_running(const char *running, char *ret, size_t size)
{
	const char *word;
	struct text out;
	size_t length;

	text_init(&out, ret, size);
	while (cmdline_next(&running, &word, &length)) {
		if (strncmp(word, "BOOT_IMAGE=", strlen("BOOT_IMAGE=")) != 0 &&
			strncmp(word, "initrd=", strlen("initrd=")) != 0)
			text_add(&out, "%s%.*s", out.length ? " " : "", (int)length, word);
	}
	text_add(&out, "\n");
	return out.cut ? -E2BIG : 0;
}
