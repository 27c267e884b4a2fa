// SPDX-License-Identifier: GPL-2.0-or-later
/* address_parse(): what is read prints and reads back as itself, in any case of hex. */
#include <ctype.h>
#include <errno.h>

#include "tests/fuzz/fuzz.h"

static void promise_case(char *string, struct address address)
{
	struct address again = { 0 };

	for (char *c = string; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	PROMISE(address_parse(string, &again) == 0);
	PROMISE(address_compare(address, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct address untouched = { 0xa5a5a5a5, 0xa5, 0xa5, 0xa5 };
	struct address address = untouched;
	char *string = fuzz_string(data, size);
	int r = address_parse(string, &address);

	PROMISE(r == 0 || r == -EINVAL);
	if (r == 0) {
		promise_address(address);
		promise_case(string, address);
	} else {
		PROMISE(address_compare(address, untouched) == 0);
	}
	free(string);
	return 0;
}
