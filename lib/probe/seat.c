// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/seat.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Records have some KiB: links, properties, tags. */
#define RECORD_SIZE_MAX (64u * 1024)

/* seat_name_is_valid() of systemd. */
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

/* As long as any line that is looked for. */
#define LINE_SIZE 128

static void read_name(const char *name, struct seat *ret)
{
	ret->name[0] = '\0';
	if (strncmp(name, "seat", 4) == 0 && strspn(name, NAME_CHARACTERS) == strlen(name))
		(void)text_copy(ret->name, sizeof(ret->name), name);
}

/*
 * "G:" is a tag that the device has had once. Since systemd 247 those that it has now are "Q:", and the record has
 * "V:1"; before there is neither.
 */
void seat_parse(const char *text, struct seat *ret)
{
	bool tagged[2] = { false }, master[2] = { false }, has_current = false;
	char line[LINE_SIZE];

	*ret = (struct seat){ .name = "" };
	while (text_take_line(&text, line, sizeof(line))) {
		bool current = line[0] == 'Q';

		if (strncmp(line, "V:", 2) == 0)
			has_current = strcmp(line, "V:0") != 0;
		else if (strncmp(line, "E:ID_SEAT=", 10) == 0)
			read_name(line + 10, ret);
		else if (strcmp(line, "G:" SEAT_TAG) == 0 || strcmp(line, "Q:" SEAT_TAG) == 0)
			tagged[current] = true;
		else if (strcmp(line, "G:" SEAT_TAG_MASTER) == 0 || strcmp(line, "Q:" SEAT_TAG_MASTER) == 0)
			master[current] = true;
	}
	ret->tagged = tagged[has_current];
	ret->master = master[has_current];
}

int seat_probe(const struct host *host, uint32_t major, uint32_t minor, struct seat *ret)
{
	static char text[RECORD_SIZE_MAX];
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "udev/data/c%u:%u", major, minor);
	n = attribute_read(host->run, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	seat_parse(text, ret);
	return 0;
}
