// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>

#define LIMIT_S 240

int suite_run(const char *name, TCase *const cases[])
{
	const char *share = getenv("SUITE_SHARE");
	unsigned int mine = 0, shares = 1;
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed;

	if (share && (sscanf(share, "%u/%u", &mine, &shares) != 2 || mine >= shares))
		return 2;
	runner = srunner_create(suite);
	for (unsigned int i = 0; cases[i]; i++) {
		if (i % shares == mine)
			suite_add_tcase(suite, cases[i]);
	}
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}

TCase *suite_case(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_set_timeout(tcase, LIMIT_S);
	return tcase;
}
