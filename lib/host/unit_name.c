// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/unit_name.h"

#include <stddef.h>
#include <string.h>

#define UNIT_NAME_MAX 255

const char *unit_name_suffix(const char *unit)
{
	static const char *const suffixes[] = { ".service", ".scope", ".slice" };
	const char *suffix = strrchr(unit, '.');

	for (size_t i = 0; suffix && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(suffix, suffixes[i]) == 0)
			return suffix;
	}
	return "";
}

/* systemd.unit(5) says what is one; \ is in names that are escaped, machine-qemu\x2d1\x2dvm.scope. */
bool unit_name_is_valid(const char *unit)
{
	size_t length = strspn(unit, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@");
	const char *suffix = unit_name_suffix(unit);

	return length <= UNIT_NAME_MAX && unit[length] == '\0' && *suffix && suffix != unit && unit[0] != '@';
}
