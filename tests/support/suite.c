// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>

#define LIMIT_S 240

int suite_run(const char *name, TCase *const cases[])
{
	const char *share = getenv("SUITE_SHARE");
	unsigned int mine = 0, shares = 1;
	/* What another process runs is only given back. */
	Suite *suite = suite_create(name), *others = suite_create("others");
	SRunner *runner = srunner_create(suite), *idle = srunner_create(others);
	int failed = 2;

	if (!share || (sscanf(share, "%u/%u", &mine, &shares) == 2 && mine < shares)) {
		for (unsigned int i = 0; cases[i]; i++)
			suite_add_tcase(i % shares == mine ? suite : others, cases[i]);
		srunner_run_all(runner, CK_ENV);
		failed = srunner_ntests_failed(runner) > 0;
	}
	srunner_free(runner);
	srunner_free(idle);
	return failed;
}

TCase *suite_case(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_set_timeout(tcase, LIMIT_S);
	return tcase;
}
