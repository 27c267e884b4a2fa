// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/address.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Takes the field up to a separator (or the end, for '\0') and moves *string behind it. */
static int take_field(const char **string, char separator, unsigned int digits_min, unsigned int digits_max,
	uint32_t max, uint32_t *ret)
{
	const char *end = separator ? strchr(*string, separator) : *string + strlen(*string);
	char field[9];
	uint64_t value;
	size_t length;
	int r;

	if (!end)
		return -EINVAL;
	length = (size_t)(end - *string);
	if (length < digits_min || length > digits_max)
		return -EINVAL;
	memcpy(field, *string, length);
	field[length] = '\0';
	r = text_parse_number(field, 16, max, &value);
	if (r < 0)
		return -EINVAL;
	*string = separator ? end + 1 : end;
	*ret = (uint32_t)value;
	return 0;
}

int address_parse(const char *string, struct address *ret)
{
	const char *colon = strchr(string, ':');
	uint32_t domain = 0, bus, slot, function;
	int r;

	if (!colon)
		return -EINVAL;
	if (strchr(colon + 1, ':')) {
		r = take_field(&string, ':', 4, 8, UINT32_MAX, &domain);
		if (r < 0)
			return r;
	}
	r = take_field(&string, ':', 2, 2, 0xff, &bus);
	if (r < 0)
		return r;
	r = take_field(&string, '.', 2, 2, 0x1f, &slot);
	if (r < 0)
		return r;
	r = take_field(&string, '\0', 1, 1, SLOT_FUNCTIONS - 1, &function);
	if (r < 0)
		return r;
	*ret = (struct address){
		.domain = domain, .bus = (uint8_t)bus, .slot = (uint8_t)slot, .function = (uint8_t)function
	};
	return 0;
}

struct address_text address_text(struct address address)
{
	struct address_text text;

	(void)snprintf(text.s, sizeof(text.s), "%04x:%02x:%02x.%x", address.domain, address.bus, address.slot & 0x1fu,
		address.function & 7u);
	return text;
}

static uint64_t address_rank(struct address a)
{
	return (uint64_t)a.domain << 16 | (uint64_t)a.bus << 8 | (uint64_t)(a.slot << 3 | a.function);
}

int address_compare(struct address a, struct address b)
{
	uint64_t ra = address_rank(a), rb = address_rank(b);

	return ra < rb ? -1 : ra > rb;
}

bool address_same_slot(struct address a, struct address b)
{
	a.function = b.function = 0;
	return address_compare(a, b) == 0;
}
