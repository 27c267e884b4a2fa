// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/golden.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/scratch.h"
#include "tests/support/snapshot.h"
#include "tests/support/suite.h"

void golden_check(const char *name, const char *text)
{
	char path[128], *expected;
	const char *difference;

	(void)snprintf(path, sizeof(path), "tests/golden/%s", name);
	if (getenv("UPDATE_GOLDEN"))
		put_text(AT_FDCWD, path, "%s", text);
	expected = get_text(AT_FDCWD, path);
	ck_assert_msg(expected != NULL, "'%s' is not there: UPDATE_GOLDEN=1 writes it", path);
	difference = snapshot_compare(expected, text, NULL);
	ck_assert_msg(!difference, "'%s': %s", path, difference);
	free(expected);
}
