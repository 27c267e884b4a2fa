// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/names.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* "NVIDIA Corporation" as NVIDIA, "Advanced Micro Devices, Inc. [AMD/ATI]" as AMD/ATI. */
static void shorten_vendor(char *vendor)
{
	char *bracket = strchr(vendor, '['), *end = bracket ? strchr(bracket, ']') : NULL;

	if (end) {
		*end = '\0';
		memmove(vendor, bracket + 1, strlen(bracket + 1) + 1);
	} else {
		vendor[strcspn(vendor, " ,")] = '\0';
	}
}

void name_device(struct names *names, const struct function *function, char name[CARD_NAME_SIZE])
{
	char vendor[CARD_NAME_SIZE], device[CARD_NAME_SIZE];
	struct text text;

	text_init(&text, name, CARD_NAME_SIZE);
	if (names_device(names, function, device, sizeof(device)) < 0)
		(void)snprintf(device, sizeof(device), "%04x:%04x", function->vendor, function->device);
	if (names_vendor(names, function, vendor, sizeof(vendor)) == 0) {
		shorten_vendor(vendor);
		if (strncmp(device, vendor, strlen(vendor)) != 0)
			text_add(&text, "%s ", vendor);
	}
	text_add(&text, "%s", device);
}
