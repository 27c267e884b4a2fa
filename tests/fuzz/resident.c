// SPDX-License-Identifier: GPL-2.0-or-later
/* resident_reader_feed(): the same sums however the text is cut, and huge pages are a part of all. */
#include <errno.h>

#include "probe/resident.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct resident_reader whole, cut;
	const char *text = (const char *)data;
	size_t piece = 1 + size % 7;
	int r;

	memset(&whole, 0, sizeof(whole));
	memset(&cut, 0, sizeof(cut));
	resident_reader_feed(&whole, text, size);
	for (size_t at = 0; at < size; at += piece)
		resident_reader_feed(&cut, text + at, size - at < piece ? size - at : piece);
	r = resident_reader_end(&whole);
	PROMISE(r == 0 || r == -EBADMSG);
	PROMISE(resident_reader_end(&cut) == r);
	for (unsigned int i = 0; r == 0 && i < RESIDENT_NODES_MAX; i++) {
		PROMISE(whole.resident.huge_kib[i] <= whole.resident.kib[i]);
		PROMISE(whole.resident.kib[i] == cut.resident.kib[i]);
		PROMISE(whole.resident.huge_kib[i] == cut.resident.huge_kib[i]);
	}
	return 0;
}
