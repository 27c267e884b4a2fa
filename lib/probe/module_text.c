// SPDX-License-Identifier: GPL-2.0-or-later
/* probe: lists of modules, and what modprobe.d says of one. */
#include <string.h>

#include "base/text.h"
#include "probe/module.h"
#include "probe/parameter.h"

/* A module that many others depend on is one of a long line: only the beginning counts. */
#define LINE_SIZE 1024

#define BLANKS " \t"

/* "kernel/drivers/vfio/pci/vfio-pci.ko.zst: …": the name is behind the last slash, before ".ko". */
static bool is_module(char *line, const char *name)
{
	const char *base, *end;

	line[strcspn(line, ":")] = '\0';
	base = strrchr(line, '/');
	base = base ? base + 1 : line;
	end = strstr(base, ".ko");
	return end && (end[3] == '\0' || end[3] == '.') &&
	       parameter_same_name(base, (size_t)(end - base), name, strlen(name));
}

bool modules_have(const char *text, const char *name)
{
	char line[LINE_SIZE];

	while (text_take_line(&text, line, sizeof(line))) {
		if (is_module(line, name))
			return true;
	}
	return false;
}

static char *take_word(char **rest)
{
	char *word;

	*rest += strspn(*rest, BLANKS);
	word = *rest;
	*rest += strcspn(*rest, BLANKS);
	if (**rest)
		*(*rest)++ = '\0';
	return word;
}

/* A command that only does as if: what others load instead is not judged. */
static bool does_nothing(const char *command)
{
	const char *base = strrchr(command, '/');

	base = base ? base + 1 : command;
	return strcmp(base, "true") == 0 || strcmp(base, "false") == 0 || strcmp(base, ":") == 0;
}

bool modprobe_bans(const char *text, const char *name)
{
	char line[LINE_SIZE];

	while (text_take_line(&text, line, sizeof(line))) {
		char *rest = line;
		const char *command = take_word(&rest), *module = take_word(&rest);

		if (!parameter_same_name(module, strlen(module), name, strlen(name)))
			continue;
		if (strcmp(command, "blacklist") == 0 ||
			(strcmp(command, "install") == 0 && does_nothing(take_word(&rest))))
			return true;
	}
	return false;
}
