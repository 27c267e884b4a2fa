// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/nvidia_text.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define LINE_SIZE 256
#define BLANKS    " \t"

/* The numbers of a version, and of devices: 12 bits of major (include/linux/kdev_t.h). */
#define VERSION_MAX 99999
#define MAJOR_MAX   4095

/* The value of the first line with the key, "Device Minor:"; a copy in line, without the blanks around it, or NULL. */
static const char *find_value(const char *text, const char *key, char line[LINE_SIZE])
{
	size_t length = strlen(key);

	while (text_take_line(&text, line, LINE_SIZE)) {
		char *value = line + length, *end;

		if (strncmp(line, key, length) != 0)
			continue;
		value += strspn(value, BLANKS);
		end = value + strlen(value);
		while (end > value && strchr(BLANKS, end[-1]))
			*--end = '\0';
		return value;
	}
	return NULL;
}

/* Two or three numbers with points between them. */
static int parse_numbers(char *word, struct nvidia_version *ret)
{
	uint64_t numbers[3] = { 0 };
	unsigned int n = 0;
	const char *number;

	while ((number = strsep(&word, "."))) {
		if (n == 3 || text_parse_number(number, 10, VERSION_MAX, &numbers[n]) < 0)
			return -EBADMSG;
		n++;
	}
	if (n < 2 || numbers[0] == 0)
		return -EBADMSG;
	*ret = (struct nvidia_version){ (uint32_t)numbers[0], (uint32_t)numbers[1], (uint32_t)numbers[2] };
	return 0;
}

int nvidia_parse_version(const char *text, struct nvidia_version *ret, enum nvidia_flavour *ret_flavour)
{
	char line[LINE_SIZE], words[LINE_SIZE], *rest = words, *word;
	const char *value = find_value(text, "NVRM version:", line);

	if (!value || text_copy(words, sizeof(words), value) < 0)
		return -EBADMSG;
	while ((word = strsep(&rest, BLANKS))) {
		if (parse_numbers(word, ret) < 0)
			continue;
		*ret_flavour = strstr(value, "Open Kernel Module") ? NVIDIA_OPEN
			       : strstr(value, "Kernel Module")    ? NVIDIA_PROPRIETARY
								   : NVIDIA_FLAVOUR_UNTOLD;
		return 0;
	}
	return -EBADMSG;
}

enum nvidia_answer nvidia_parse_msi(const char *text)
{
	char line[LINE_SIZE];
	const char *value = find_value(text, "EnableMSI:", line);
	uint64_t number;

	if (!value || text_parse_number(value, 10, UINT32_MAX, &number) < 0)
		return NVIDIA_UNTOLD;
	return number ? NVIDIA_YES : NVIDIA_NO;
}

/* It becomes a part of paths. Before the driver has looked it may have question marks for digits. */
static bool is_uuid(const char *text)
{
	static const char form[] = "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	_Static_assert(sizeof(form) == NVIDIA_UUID_SIZE, "the size is that of the form");
	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		if (form[i] == 'x' ? !strchr("0123456789abcdefABCDEF", text[i]) : form[i] != text[i])
			return false;
	}
	return true;
}

void nvidia_parse_information(const char *text, struct nvidia_gpu *ret)
{
	char line[LINE_SIZE];
	const char *value;
	uint64_t minor;

	*ret = (struct nvidia_gpu){ .minor = -1 };
	value = find_value(text, "Device Minor:", line);
	if (value && text_parse_number(value, 10, NVIDIA_MINOR_MAX, &minor) == 0)
		ret->minor = (int)minor;
	value = find_value(text, "GPU UUID:", line);
	if (value && is_uuid(value))
		(void)text_copy(ret->uuid, sizeof(ret->uuid), value);
}

int devices_parse_major(const char *text, const char *name)
{
	char line[LINE_SIZE];
	bool characters = false;

	while (text_take_line(&text, line, sizeof(line))) {
		char *number = line + strspn(line, BLANKS), *rest = number + strspn(number, "0123456789");
		uint64_t major;

		if (strcmp(line, "Character devices:") == 0 || strcmp(line, "Block devices:") == 0)
			characters = line[0] == 'C';
		if (!characters || *rest != ' ' || strcmp(rest + 1, name) != 0)
			continue;
		*rest = '\0';
		if (text_parse_number(number, 10, MAJOR_MAX, &major) == 0)
			return (int)major;
	}
	return -ENOENT;
}
