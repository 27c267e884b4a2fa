// SPDX-License-Identifier: GPL-2.0-or-later
/* loader_parse_info(): a variable of the firmware, bytes from whoever has written them. A name is printable. */
#include "probe/loader.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char info[32] = "untouched";
	uint8_t *copy = malloc(size ? size : 1);
	int r;

	PROMISE(copy);
	memcpy(copy, data, size);
	r = loader_parse_info(copy, size, info, sizeof(info));
	PROMISE(r == 0 || r == -22);
	promise_printable(info, sizeof(info));
	PROMISE(r < 0 || *info);
	free(copy);
	return 0;
}
