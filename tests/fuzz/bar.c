// SPDX-License-Identifier: GPL-2.0-or-later
/* bar_parse(): six sizes, or nothing. */
#include <errno.h>

#include "probe/bar.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct bars bars, untouched;
	int r;

	memset(&untouched, 0xa5, sizeof(untouched));
	memset(&bars, 0xa5, sizeof(bars));
	r = bar_parse(text, &bars);
	PROMISE(r == 0 || r == -EBADMSG);
	if (r < 0)
		PROMISE(memcmp((const char *)&bars, (const char *)&untouched, sizeof(bars)) == 0);
	for (int i = 0; r == 0 && i < BARS_MAX; i++) {
		const struct bar *bar = &bars.bars[i];

		PROMISE(bar->size || (!bar->is_memory && !bar->is_64bit && !bar->is_prefetchable));
	}
	free(text);
	return 0;
}
