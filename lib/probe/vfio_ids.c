// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/vfio_ids.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define MODULE    "vfio-pci"
#define DIRECTORY "modprobe.d"

/* COMMAND_LINE_SIZE of the kernel is 2048 on x86, and no more than 4096 elsewhere; files have some hundred bytes. */
#define TEXT_SIZE_MAX (64u * 1024)

/* The driver takes 1024 bytes of ids. */
#define WORD_SIZE 1100

/* PCI_ANY_ID of the kernel. */
#define ANY UINT32_MAX

enum { VENDOR, DEVICE, SUBVENDOR, SUBDEVICE, CLASS, CLASS_MASK, FIELDS };

/* ---- ids ---- */

/* The next part of a list. Moves *list behind it and its separator; false when there is none left. */
static bool take_part(const char **list, char separator, char *part, size_t size)
{
	const char *end = *list ? strchrnul(*list, separator) : NULL;

	if (!end)
		return false;
	(void)snprintf(part, size, "%.*s", (int)(end - *list), *list);
	*list = *end ? end + 1 : NULL;
	return true;
}

/* Those that are not there, and not read, stay as they are. Returns how many there are. */
static unsigned int parse_fields(const char *id, uint32_t fields[FIELDS])
{
	char digits[16];
	unsigned int n = 0;
	uint64_t number;

	while (n < FIELDS && take_part(&id, ':', digits, sizeof(digits))) {
		const char *start = strncmp(digits, "0x", 2) == 0 ? digits + 2 : digits;

		if (text_parse_number(start, 16, UINT32_MAX, &number) < 0)
			break;
		fields[n++] = (uint32_t)number;
	}
	return n;
}

/* As pci_match_one_device() of the kernel. */
static bool is_meant(const char *id, const struct function *function)
{
	uint32_t fields[FIELDS] = { ANY, ANY, ANY, ANY, 0, 0 };
	const uint32_t own[] = { function->vendor, function->device, function->subsystem_vendor,
		function->subsystem_device };

	if (parse_fields(id, fields) <= DEVICE)
		return false;
	for (unsigned int i = VENDOR; i <= SUBDEVICE; i++) {
		if (fields[i] != ANY && fields[i] != own[i])
			return false;
	}
	return ((fields[CLASS] ^ function->class_code) & fields[CLASS_MASK]) == 0;
}

bool vfio_ids_match(const char *ids, const struct function *function)
{
	char id[64];

	while (take_part(&ids, ',', id, sizeof(id))) {
		if (is_meant(id, function))
			return true;
	}
	return false;
}

/* ---- parameters ---- */

/* A line goes on behind a backslash at its end. */
static const char *skip_joint(const char *text)
{
	while (text[0] == '\\' && text[1] == '\n')
		text += 2;
	return text;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word of a line, without its quotes; one that is too long is empty. False at the end of the line. */
static bool take_word(const char **text, char word[WORD_SIZE])
{
	const char *c = skip_joint(*text);
	bool quoted = false;
	size_t n = 0;

	while (is_blank(*c))
		c = skip_joint(c + 1);
	*text = c;
	for (; *c && *c != '\n' && (quoted || !is_blank(*c)); c = skip_joint(c + 1)) {
		if (*c == '"')
			quoted = !quoted;
		else if (n++ < WORD_SIZE - 1)
			word[n - 1] = *c;
	}
	word[n < WORD_SIZE ? n : 0] = '\0';
	if (c == *text)
		return false;
	*text = c;
	return true;
}

/* Of modules and parameters '-' and '_' are the same. Returns what is behind the name, or NULL. */
static const char *skip_name(const char *word, const char *name)
{
	for (; *name; name++, word++) {
		if (*word != *name && !(*name == '-' && *word == '_'))
			return NULL;
	}
	return word;
}

bool vfio_ids_in_cmdline(const char *cmdline, const struct function *function)
{
	char word[WORD_SIZE];

	/* What is behind it is for init. */
	while (take_word(&cmdline, word) && strcmp(word, "--") != 0) {
		const char *ids = skip_name(word, MODULE ".ids=");

		if (ids && vfio_ids_match(ids, function))
			return true;
	}
	return false;
}

/* "options vfio-pci ids=10de:2184 disable_vga=1" */
static bool is_in_line(const char **text, const struct function *function)
{
	char word[WORD_SIZE];
	const char *rest;
	bool found = false;
	bool is_ours = take_word(text, word) && strcmp(word, "options") == 0 && take_word(text, word) &&
		       (rest = skip_name(word, MODULE)) && !*rest;

	while (take_word(text, word)) {
		if (is_ours && strncmp(word, "ids=", 4) == 0)
			found = found || vfio_ids_match(word + 4, function);
	}
	return found;
}

bool vfio_ids_in_options(const char *options, const struct function *function)
{
	bool found = false;

	while (!found && *options) {
		found = is_in_line(&options, function);
		options += *options == '\n';
	}
	return found;
}

/* ---- the host ---- */

static bool is_file(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

static bool find_options(const struct host *host, const struct function *function, char *text, char *place)
{
	const struct dirent *entry;
	bool found = false;
	DIR *list;

	if (beneath_list(host->etc, DIRECTORY, &list) < 0)
		return false;
	while (!found && (entry = readdir(list))) {
		(void)snprintf(place, VFIO_IDS_PLACE_SIZE, "/etc/" DIRECTORY "/%s", entry->d_name);
		found = is_file(entry->d_name) &&
			attribute_read(host->etc, place + strlen("/etc/"), text, TEXT_SIZE_MAX) > 0 &&
			vfio_ids_in_options(text, function);
	}
	closedir(list);
	return found;
}

int vfio_ids_find(const struct host *host, const struct function *function, char place[VFIO_IDS_PLACE_SIZE])
{
	static char text[TEXT_SIZE_MAX];

	if (attribute_read(host->proc, "cmdline", text, sizeof(text)) > 0 && vfio_ids_in_cmdline(text, function)) {
		(void)snprintf(place, VFIO_IDS_PLACE_SIZE, VFIO_IDS_CMDLINE);
		return 1;
	}
	return find_options(host, function, text, place);
}
