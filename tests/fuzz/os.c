// SPDX-License-Identifier: GPL-2.0-or-later
/* os_parse(): the input's first line is an id, the rest a file of the database of operating systems. */
#include <errno.h>

#include <libxml/parser.h>

#include "probe/os.h"
#include "tests/fuzz/fuzz.h"

/* Called for every external entity and DTD that is about to be loaded. */
static xmlParserInputPtr never_load(const char *url, const char *id, xmlParserCtxtPtr context)
{
	(void)url;
	(void)id;
	(void)context;
	PROMISE(!"nothing is fetched");
	return NULL;
}

/* Called where libxml2 prints on stderr, unless os_parse() has seen to that. */
static void never_print(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
	PROMISE(!"nothing is printed");
}

static void promise_os(const struct os *os)
{
	promise_printable(os->id, sizeof(os->id));
	promise_printable(os->name, sizeof(os->name));
	PROMISE(os->id[0] && !strpbrk(os->id, " '\"<>&"));
	PROMISE(os->family == OS_OTHER || os->family == OS_LINUX || os->family == OS_WINDOWS);
	PROMISE(!os->needs_tpm || os->family == OS_WINDOWS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
	size_t length = newline ? (size_t)(newline - data) : size;
	char *word = fuzz_string(data, length);
	const char *xml = newline ? (const char *)newline + 1 : "";
	struct os os, untouched;
	int r;

	xmlSetExternalEntityLoader(never_load);
	xmlSetGenericErrorFunc(NULL, never_print);
	memset(&untouched, 0xa5, sizeof(untouched));
	memset(&os, 0xa5, sizeof(os));
	r = os_parse(xml, newline ? size - length - 1 : 0, word, &os);
	PROMISE(r == 1 || r == 0 || r == -EINVAL);
	if (r == 1)
		promise_os(&os);
	else
		PROMISE(memcmp((const char *)&os, (const char *)&untouched, sizeof(os)) == 0);
	free(word);
	return 0;
}
