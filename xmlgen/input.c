// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/input.h"

#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/chvalid.h>
#include <libxml/xmlstring.h>

/* With ".monitor" and the like behind it, a name has to stay below NAME_MAX. */
#define NAME_LENGTH_MAX 200

bool input_is_clean(const char *text)
{
	if (!xmlCheckUTF8((const unsigned char *)text))
		return false;
	while (*text) {
		int length = 4, c = xmlGetUTF8Char((const unsigned char *)text, &length);

		/* C0 and C1: a terminal obeys them. */
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || !xmlIsCharQ(c))
			return false;
		text += length;
	}
	return true;
}

bool input_is_name(const char *text)
{
	return input_is_clean(text) && strlen(text) <= NAME_LENGTH_MAX && !strchr(text, '/') &&
	       text[strspn(text, " ")] != '\0' && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

bool input_is_interface(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length >= IFNAMSIZ || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return false;
	for (; *text; text++) {
		if (!isgraph((unsigned char)*text) || *text == '/' || *text == ':')
			return false;
	}
	return true;
}

bool input_is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(text) != strlen(form))
		return false;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == '-' ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return true;
}

int input_parse_size(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	unsigned int shift = 20;
	uint64_t number;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno)
		return -ERANGE;
	if (*end) {
		const char *unit = strchr(units, toupper((unsigned char)*end));

		if (!unit || (end[1] != '\0' && strcmp(end + 1, "iB") != 0))
			return -EINVAL;
		shift = 10 * (1 + (unsigned int)(unit - units));
	}
	if (number > UINT64_MAX >> 1 >> shift || number << shift < 1ULL << 20)
		return -ERANGE;
	*ret = number << shift;
	return 0;
}
