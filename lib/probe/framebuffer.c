// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/framebuffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Large servers have some hundred KiB. */
#define IOMEM_SIZE_MAX (1024 * 1024)

#define LINE_SIZE 160
#define DIGITS    "0123456789abcdef"

/*
 * Who asks for the memory: the kernel itself where it makes a device of the framebuffer (drivers/firmware/
 * sysfb_simplefb.c), and the drivers that draw on it.
 */
static const char *const names[] = { "BOOTFB", "efifb", "vesafb", "simplefb", "simpledrm", "simple-framebuffer" };

static bool is_framebuffer(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* Digits up to the end character, which it steps behind. */
static bool take_number(char **text, char end, uint64_t *ret)
{
	char *digits = *text;
	size_t length = strspn(digits, DIGITS);

	if (digits[length] != end)
		return false;
	digits[length] = '\0';
	*text = digits + length + 1;
	return text_parse_number(digits, 16, UINT64_MAX, ret) == 0;
}

/* "    e0000000-e02fffff : BOOTFB" */
static bool parse_line(char *line, struct framebuffer *ret)
{
	char *rest = line + strspn(line, " ");

	if (!take_number(&rest, '-', &ret->first) || !take_number(&rest, ' ', &ret->last))
		return false;
	return strncmp(rest, ": ", 2) == 0 && is_framebuffer(rest + 2) && ret->first <= ret->last &&
	       text_copy(ret->name, sizeof(ret->name), rest + 2) == 0;
}

int framebuffer_parse(const char *text, struct framebuffer *ret)
{
	struct framebuffer found;
	char line[LINE_SIZE];

	while (text_take_line(&text, line, sizeof(line))) {
		if (!parse_line(line, &found))
			continue;
		/* What others than root are shown of every range. */
		if (found.last == 0)
			return -EACCES;
		*ret = found;
		return 1;
	}
	return 0;
}

int framebuffer_probe(const struct host *host, struct framebuffer *ret)
{
	char *text = malloc(IOMEM_SIZE_MAX);
	ssize_t n;
	int r;

	if (!text)
		return -ENOMEM;
	n = attribute_read(host->proc, "iomem", text, IOMEM_SIZE_MAX);
	r = n < 0 ? (int)n : framebuffer_parse(text, ret);
	free(text);
	return r;
}
