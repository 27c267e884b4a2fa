// SPDX-License-Identifier: GPL-2.0-or-later
/* slot_path_from_link(), slot_path_find_function(): a path as sysfs writes it, or nothing. */
#include <errno.h>

#include "model/slot_path.h"
#include "tests/fuzz/fuzz.h"

/* As sysfs writes it, and so what a person may write. */
static void promise_path(const struct slot_path *path)
{
	struct slot_path again;

	PROMISE(memchr(path->s, '\0', sizeof(path->s)));
	PROMISE(strspn(path->s, "0123456789abcdef:./") == strlen(path->s));
	PROMISE(slot_path_parse(path->s, &again) == 0);
	PROMISE(strcmp(again.s, path->s) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct slot_path path;
	struct address address;
	int r = slot_path_from_link(text, &path);
	bool found = slot_path_find_function(text, &address);

	PROMISE(r == 0 || r == -EINVAL || r == -E2BIG);
	PROMISE((r == 0) == (path.s[0] != '\0'));
	if (r == 0) {
		promise_path(&path);
		/* A path that leads to a function is about it. */
		PROMISE(found);
	}
	/* What is said of a device is in its path. */
	if (found)
		PROMISE(strstr(text, address_text(address).s));
	free(text);
	return 0;
}
