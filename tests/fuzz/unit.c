// SPDX-License-Identifier: GPL-2.0-or-later
/* unit_parse(): the input is /proc/PID/cgroup, where a person names what is below the group that is theirs. */
#include "model/unit.h"
#include "tests/fuzz/fuzz.h"

/* What a person makes below their own manager changes neither the kind of the unit nor whose it is. */
static void promise_owner(const char *below)
{
	static const char above[] = "0::/user.slice/user-1000.slice/user@1000.service/";
	size_t length = strcspn(below, "\n");
	char *text = malloc(sizeof(above) + length);
	struct unit unit;

	PROMISE(text);
	(void)snprintf(text, sizeof(above) + length, "%s%s", above, below);
	unit_parse(text, &unit);
	/* A name too long for a group is none. */
	PROMISE(unit.kind == UNIT_USER_SERVICE || length >= UNIT_NAME_SIZE);
	PROMISE(unit.uid == 1000);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct unit unit, again;

	memset(&unit, 0xa5, sizeof(unit));
	memset(&again, 0x5a, sizeof(again));
	unit_parse(text, &unit);
	unit_parse(text, &again);
	PROMISE(unit.kind >= UNIT_NONE && unit.kind < UNIT_KINDS_);
	PROMISE(memchr(unit.name, '\0', sizeof(unit.name)));
	PROMISE((unit.kind == UNIT_NONE) == !*unit.name);
	PROMISE(unit.uid == UNIT_NO_UID || unit.kind == UNIT_SESSION || unit.kind == UNIT_USER_SERVICE ||
		unit.kind == UNIT_NONE);
	PROMISE(unit.kind == again.kind && unit.uid == again.uid && strcmp(unit.name, again.name) == 0);
	promise_owner(text);
	free(text);
	return 0;
}
