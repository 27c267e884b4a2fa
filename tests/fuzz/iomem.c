// SPDX-License-Identifier: GPL-2.0-or-later
/* framebuffer_parse(): a range with one of a few names, or none. */
#include <errno.h>

#include "probe/framebuffer.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct framebuffer found, untouched;
	int r;

	memset(&untouched, 0xa5, sizeof(untouched));
	memset(&found, 0xa5, sizeof(found));
	r = framebuffer_parse(text, &found);
	PROMISE(r == 1 || r == 0 || r == -EACCES);
	if (r != 1)
		PROMISE(memcmp((const char *)&found, (const char *)&untouched, sizeof(found)) == 0);
	else
		PROMISE(found.first <= found.last && found.last > 0 && strnlen(found.name, sizeof(found.name)) > 4 &&
			memchr(found.name, '\0', sizeof(found.name)));
	free(text);
	return 0;
}
