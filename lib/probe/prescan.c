// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/prescan.h"

#include <string.h>
#include <strings.h>

static bool is_plain_encoding(const char *name, size_t length)
{
	static const char *const wholes[] = { "UTF-8", "UTF8", "US-ASCII", "ASCII" };
	static const char *const families[] = { "ISO-8859-", "windows-125" };

	for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
		if (length == strlen(wholes[i]) && strncasecmp(name, wholes[i], length) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (length > strlen(families[i]) && strncasecmp(name, families[i], strlen(families[i])) == 0)
			return true;
	}
	return false;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at))
		at++;
	return at;
}

/* Of an XML declaration, which is <?xml … encoding = "NAME" … ?>. */
static bool declares_plain(const char *at, const char *end)
{
	static const char word[] = "encoding";
	const char *closing;

	at = memmem(at, (size_t)(end - at), word, sizeof(word) - 1);
	if (!at)
		return true;
	at = skip_blanks(at + sizeof(word) - 1, end);
	if (at == end || *at != '=')
		return false;
	at = skip_blanks(at + 1, end);
	if (at == end || (*at != '"' && *at != '\''))
		return false;
	closing = memchr(at + 1, *at, (size_t)(end - at - 1));
	return closing && is_plain_encoding(at + 1, (size_t)(closing - at - 1));
}

bool prescan_is_plain(const char *xml, size_t size)
{
	static const char mark[] = "\xef\xbb\xbf", declaration[] = "<?xml";
	const char *end = xml + size, *closing;

	if (memchr(xml, '\0', size))
		return false;
	if (size >= sizeof(mark) - 1 && memcmp(xml, mark, sizeof(mark) - 1) == 0)
		xml += sizeof(mark) - 1;
	if (skip_blanks(xml, end) == end || *skip_blanks(xml, end) != '<')
		return false;
	if ((size_t)(end - xml) < sizeof(declaration) - 1 || memcmp(xml, declaration, sizeof(declaration) - 1) != 0)
		return true;
	closing = memmem(xml, (size_t)(end - xml), "?>", 2);
	return declares_plain(xml, closing ? closing : end);
}

/* The end of what is no tag, behind a '<': a comment, a CDATA section, an instruction; or the end of the text. */
static const char *skip_other(const char *from, const char *end)
{
	const char *closing = *from == '?' ? "?>" : ">", *found;

	if (end - from >= 3 && memcmp(from, "!--", 3) == 0)
		closing = "-->";
	else if (end - from >= 8 && memcmp(from, "![CDATA[", 8) == 0)
		closing = "]]>";
	found = memmem(from, (size_t)(end - from), closing, strlen(closing));
	return found ? found : end;
}

/* Counts the attributes of a tag. Returns where it ends. */
static const char *count_attributes(const char *from, const char *end, unsigned int *attributes)
{
	for (; from < end && *from != '>'; from++) {
		if (*from == '=')
			++*attributes;
		if (*from == '"' || *from == '\'') {
			from = memchr(from + 1, *from, (size_t)(end - from - 1));
			if (!from)
				return end;
		}
	}
	return from;
}

static bool has_crowded_tag(const char *xml, const char *end)
{
	while ((xml = memchr(xml, '<', (size_t)(end - xml)))) {
		unsigned int attributes = 0;

		if (++xml == end)
			break;
		xml = *xml == '!' || *xml == '?' ? skip_other(xml, end) : count_attributes(xml, end, &attributes);
		if (attributes > PRESCAN_ATTRIBUTES_MAX)
			return true;
	}
	return false;
}

bool prescan_is_crowded(const char *xml, size_t size)
{
	static const char declaration[] = "xmlns";
	const char *end = xml + size;
	unsigned int n = 0;

	for (const char *at = xml; (at = memmem(at, (size_t)(end - at), declaration, sizeof(declaration) - 1));) {
		at += sizeof(declaration) - 1;
		if (++n > PRESCAN_NAMESPACES_MAX)
			return true;
	}
	return has_crowded_tag(xml, end);
}
