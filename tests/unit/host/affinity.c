// SPDX-License-Identifier: GPL-2.0-or-later
/* The CPUs of a thread: of a child of this test, and of none. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/cpuset.h"
#include "tests/unit/host/host.h"

static struct host running;
static pid_t child;

static void affinity_start(void)
{
	ck_assert_int_eq(host_open(NULL, &running), 0);
	child = fork();
	if (child == 0) {
		for (;;)
			(void)pause();
	}
	ck_assert_int_gt(child, 0);
}

static void affinity_stop(void)
{
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	host_close(&running);
}

static struct cpuset get(pid_t tid)
{
	struct cpuset cpus = { 0 };

	ck_assert_int_eq(running.kernel->get_affinity(&running, tid, &cpus), 0);
	return cpus;
}

static struct cpuset_text text_of(pid_t tid)
{
	struct cpuset cpus = get(tid);

	return cpuset_text(&cpus);
}

/* Each CPU alone, and all of them again. */
START_TEST(test_affinity)
{
	struct cpuset all = get(child);

	ck_assert_uint_ge(cpuset_count(&all), 1);
	for (unsigned int cpu = cpuset_next(&all, 0); cpu < CPUS_MAX; cpu = cpuset_next(&all, cpu + 1)) {
		struct cpuset one = { 0 };

		cpuset_add(&one, cpu);
		ck_assert_int_eq(running.kernel->set_affinity(&running, child, &one), 0);
		ck_assert_str_eq(text_of(child).s, cpuset_text(&one).s);
	}
	ck_assert_int_eq(running.kernel->set_affinity(&running, child, &all), 0);
	ck_assert_str_eq(text_of(child).s, cpuset_text(&all).s);
}
END_TEST

START_TEST(test_affinity_refused)
{
	static const pid_t nobody[] = { 0, -1, INT32_MAX };
	struct cpuset none = { 0 }, last = { 0 }, cpus = { { 4711 } }, before = get(child);

	cpuset_add(&last, CPUS_MAX - 1);
	ck_assert_int_eq(running.kernel->set_affinity(&running, child, &none), -EINVAL);
	ck_assert_int_eq(running.kernel->set_affinity(&running, child, &last), -EINVAL);
	ck_assert_str_eq(text_of(child).s, cpuset_text(&before).s);
	for (int i = 0; i < COUNT(nobody); i++) {
		ck_assert_int_eq(running.kernel->get_affinity(&running, nobody[i], &cpus), -ESRCH);
		ck_assert_int_eq(running.kernel->set_affinity(&running, nobody[i], &before), -ESRCH);
	}
	ck_assert_uint_eq(cpus.words[0], 4711);
}
END_TEST

START_TEST(test_affinity_recorded)
{
	struct cpuset cpus = { { 1 } };

	ck_assert_int_eq(kernel_recorded.get_affinity(&running, child, &cpus), -ENOENT);
	ck_assert_int_eq(kernel_recorded.set_affinity(&running, child, &cpus), -EROFS);
	ck_assert_int_eq(kernel_recorded.write_proc(&running, "irq/default_smp_affinity", "1", 1), -EROFS);
}
END_TEST

TCase *case_affinity(void)
{
	TCase *tcase = suite_case("affinity");

	tcase_add_checked_fixture(tcase, affinity_start, affinity_stop);
	tcase_add_test(tcase, test_affinity);
	tcase_add_test(tcase, test_affinity_refused);
	tcase_add_test(tcase, test_affinity_recorded);
	return tcase;
}
