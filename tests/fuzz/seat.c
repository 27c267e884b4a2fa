// SPDX-License-Identifier: GPL-2.0-or-later
/* seat_parse(): a record of udev's database. What it says of a device, the record has said. */
#include "probe/seat.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct seat seat;

	memset(&seat, 0xa5, sizeof(seat));
	seat_parse(text, &seat);
	promise_printable(seat.name, sizeof(seat.name));
	PROMISE(!seat.tagged || strstr(text, ":" SEAT_TAG));
	PROMISE(!seat.master || strstr(text, ":" SEAT_TAG_MASTER));
	PROMISE(!seat.name[0] || (strstr(text, "E:ID_SEAT=") && strstr(text, seat.name)));
	PROMISE(!seat.name[0] || strncmp(seat.name, "seat", 4) == 0);
	PROMISE(!strpbrk(seat.name, "/. "));
	free(text);
	return 0;
}
