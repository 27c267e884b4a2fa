// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * accounts_parse_group(): the groups of a recorded host. One that is found has a line of its own with that number. And
 * users, whose names become words of a command line; and members.
 */
#include <stdbool.h>

#include "probe/accounts.h"
#include "tests/fuzz/fuzz.h"

#define UNTOUCHED ((gid_t)4711)

/* Whether a line begins with the name, and has the number, leading zeros aside. */
static bool says(const char *text, const char *name, gid_t number)
{
	size_t n = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		const char *password = strncmp(line, name, n) == 0 && line[n] == ':' ? line + n + 1 : NULL;
		const char *digits = password ? strchr(password, ':') : NULL;

		if (digits && digits < line + strcspn(line, "\n") && strtoull(digits + 1, NULL, 10) == number)
			return true;
	}
	return false;
}

static void promise_user(const char *text)
{
	char name[USER_NAME_SIZE] = "";
	gid_t group = UNTOUCHED;

	if (accounts_parse_user(text, 1000, name, &group) == 1) {
		promise_printable(name, sizeof(name));
		PROMISE(*name && *name != '-' && !strpbrk(name, " /:\t\n"));
		PROMISE(strstr(text, name));
	}
	if (accounts_parse_member(text, "kvm", "anna") == 1)
		PROMISE(strstr(text, "kvm:") && strstr(text, "anna"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	gid_t number = UNTOUCHED;
	int r = accounts_parse_group(text, "kvm", &number);

	PROMISE(r == 0 || r == 1);
	PROMISE(r == 1 || number == UNTOUCHED);
	PROMISE(r == 0 || (number != (gid_t)-1 && says(text, "kvm", number)));
	promise_user(text);
	free(text);
	return 0;
}
