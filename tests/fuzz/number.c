// SPDX-License-Identifier: GPL-2.0-or-later
/* text_parse_number(): agrees with strtoull(3) about digits, and takes nothing else. The first byte chooses. */
#include <errno.h>

#include "base/text.h"
#include "tests/fuzz/fuzz.h"

static bool is_digits(const char *string, unsigned int base)
{
	const char *digits = base == 16 ? "0123456789abcdefABCDEF" : base == 10 ? "0123456789" : "01234567";

	return *string && string[strspn(string, digits)] == '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int bases[] = { 10, 16, 8, 10 };
	static const uint64_t limits[] = { UINT64_MAX, UINT32_MAX, INT32_MAX, 0xff };
	const uint64_t untouched = 0xa5a5a5a5a5a5a5a5;
	uint64_t value = untouched, expected, max;
	unsigned int base;
	char *string;
	int r;

	if (size == 0)
		return 0;
	base = bases[data[0] & 3];
	max = limits[data[0] >> 2 & 3];
	string = fuzz_string(data + 1, size - 1);
	r = text_parse_number(string, base, max, &value);
	errno = 0;
	expected = strtoull(string, NULL, (int)base);
	if (!is_digits(string, base))
		PROMISE(r == -EINVAL || r == -ERANGE);
	else if (errno == ERANGE || expected > max)
		PROMISE(r == -ERANGE);
	else
		PROMISE(r == 0 && value == expected);
	PROMISE(r == 0 || value == untouched);
	free(string);
	return 0;
}
