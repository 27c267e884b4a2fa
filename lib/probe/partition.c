// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "probe/groups.h"

#define PLAIN "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:_."

/* As virSystemdEscapeName() does with what is between two slashes; first: of the whole name. */
static void add_escaped(struct text *text, const char *part, size_t length, bool first)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr(PLAIN, part[i]) && !(first && i == 0 && part[i] == '.'))
			text_add(text, "%c", part[i]);
		else
			text_add(text, "\\x%02x", (unsigned char)part[i]);
	}
}

/* virSystemdMakeSliceName(): "/" becomes "-" in the name, and systemd puts a-b.slice into a.slice. */
void partition_slice(const char *partition, char *path, size_t size)
{
	char name[KNOB_KEY_SIZE];
	struct text whole, slice;

	text_init(&whole, path, size);
	text_init(&slice, name, sizeof(name));
	while (*partition) {
		size_t length = strcspn(partition, "/");

		if (length > 0) {
			if (slice.length)
				text_add(&slice, "-");
			add_escaped(&slice, partition, length, slice.length == 0);
			text_add(&whole, "%s%s.slice", whole.length ? "/" : "", name);
		}
		partition += length + (partition[length] == '/');
	}
	if (whole.cut || slice.cut)
		path[0] = '\0';
}
