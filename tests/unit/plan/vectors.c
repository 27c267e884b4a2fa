// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the interrupts of a VM's devices go, by a table: eight CPUs. */
#include "plan/vectors.h"

#include "tests/unit/plan/plan.h"

static const struct {
	const char *isolated, *shared, *near, *expected; /* of two claims */
} rows[] = {
	{ "4-5", "", "4-7", "6-7" },
	{ "4-5", "6", "4-7", "6-7" },
	{ "4-7", "", "4-7", "0-3" },
	{ "4-7", "", "0-7", "0-3" },
	{ "1", "", "", "0,2-7" },
	/* Of CPUs that are not online. */
	{ "1", "", "8-15", "0,2-7" },
	{ "0-7", "", "0-3", "" },
};

static struct cpuset set_of(const char *list)
{
	struct cpuset set = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &set), 0);
	return set;
}

START_TEST(test_vectors)
{
	static struct claims claims;
	const struct cpuset online = set_of("0-7"), near = set_of(rows[_i].near);
	struct cpuset cpus;

	claims.n_claims = 2;
	claims.claims[0] = (struct claim){ .cpus = set_of(rows[_i].isolated), .isolate = true };
	claims.claims[1] = (struct claim){ .cpus = set_of(rows[_i].shared) };
	cpus = plan_vectors(&online, &claims, &near);
	ck_assert_str_eq(cpuset_is_empty(&cpus) ? "" : cpuset_text(&cpus).s, rows[_i].expected);
}
END_TEST

TCase *case_vectors(void)
{
	TCase *tcase = suite_case("vectors");

	add_rows(tcase, test_vectors, rows);
	return tcase;
}
