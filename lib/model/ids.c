// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/ids.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define DIGITS 4

int ids_parse(const char *text, uint16_t *ret_vendor, uint16_t *ret_device)
{
	char vendor[DIGITS + 1] = "", device[DIGITS + 1];
	uint64_t v, d;

	if (strlen(text) != 2 * DIGITS + 1 || text[DIGITS] != ':')
		return -EINVAL;
	memcpy(vendor, text, DIGITS);
	memcpy(device, text + DIGITS + 1, sizeof(device));
	if (text_parse_number(vendor, 16, UINT16_MAX, &v) < 0 || text_parse_number(device, 16, UINT16_MAX, &d) < 0)
		return -EINVAL;
	*ret_vendor = (uint16_t)v;
	*ret_device = (uint16_t)d;
	return 0;
}
