// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/slot_path.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

/* Enough for an address, and for the name of a root bus. */
#define PART_SIZE 32

/* The next part of a path, and moves *path behind it; one that is too long reads as "". False at the end. */
static bool take_part(const char **path, char part[static PART_SIZE])
{
	size_t length;

	*path += strspn(*path, "/");
	length = strcspn(*path, "/");
	part[0] = '\0';
	if (length < PART_SIZE) {
		memcpy(part, *path, length);
		part[length] = '\0';
	}
	*path += length;
	return length > 0;
}

/* pci0000:00, a root bus (drivers/acpi/pci_root.c and others name it so). */
static bool parse_root(const char *part, struct address *ret)
{
	char first[PART_SIZE + 8];
	struct text text;

	if (strncmp(part, "pci", 3) != 0)
		return false;
	text_init(&text, first, sizeof(first));
	text_add(&text, "%s:00.0", part + 3);
	return address_parse(first, ret) == 0;
}

/* An address as the kernel writes it, with its domain. */
static bool parse_function(const char *part, struct address *ret)
{
	return address_parse(part, ret) == 0 && strcmp(address_text(*ret).s, part) == 0;
}

static void add_function(struct text *text, struct address address)
{
	if (text->length == 0)
		text_add(text, "%s", address_text(address).s);
	else
		text_add(text, "/%02x.%x", address.slot, address.function);
}

int slot_path_from_link(const char *target, struct slot_path *ret)
{
	struct address root = { 0 }, address;
	bool below_root = false;
	struct slot_path path;
	char part[PART_SIZE];
	struct text text;

	ret->s[0] = '\0';
	text_init(&text, path.s, sizeof(path.s));
	while (take_part(&target, part)) {
		if (parse_root(part, &root)) {
			text_init(&text, path.s, sizeof(path.s));
			below_root = true;
			continue;
		}
		if (!below_root)
			continue;
		if (!parse_function(part, &address) || address.domain != root.domain ||
			(text.length == 0 && address.bus != root.bus))
			return -EINVAL;
		add_function(&text, address);
	}
	if (text.length == 0)
		return -EINVAL;
	if (text.cut)
		return -E2BIG;
	*ret = path;
	return 0;
}

bool slot_path_find_function(const char *path, struct address *ret)
{
	bool below_root = false, found = false;
	struct address address;
	char part[PART_SIZE];

	while (take_part(&path, part)) {
		if (parse_root(part, &address)) {
			below_root = true;
		} else if (below_root && parse_function(part, &address)) {
			*ret = address;
			found = true;
		} else if (below_root) {
			break;
		}
	}
	return found;
}

int slot_path_parse(const char *text, struct slot_path *ret)
{
	char part[PART_SIZE], whole[PART_SIZE + 8];
	struct address address;
	struct slot_path path;
	struct text written, bus;

	text_init(&written, path.s, sizeof(path.s));
	if (strlen(text) >= sizeof(path.s) || strstr(text, "//") || strchr("/", *text) || text[strlen(text) - 1] == '/')
		return -EINVAL;
	while (take_part(&text, part)) {
		/* A device below a bridge is written without its bus. */
		text_init(&bus, whole, sizeof(whole));
		text_add(&bus, "%s%s", written.length ? "00:" : "", part);
		if (address_parse(whole, &address) < 0 || (written.length && strchr(part, ':')))
			return -EINVAL;
		add_function(&written, address);
	}
	if (written.cut)
		return -EINVAL;
	*ret = path;
	return 0;
}
