// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/suite.h"

#define LIMIT_S 240

int suite_run(const char *name, TCase *const cases[])
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed;

	for (; *cases; cases++)
		suite_add_tcase(suite, *cases);
	runner = srunner_create(suite);
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
