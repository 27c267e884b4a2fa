// SPDX-License-Identifier: GPL-2.0-or-later
/* What is asked of systemd and logind, of a bus that answers from a script; and the host that has none. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/host.h"
#include "host/manager.h"
#include "tests/unit/host/fake_bus.h"
#include "tests/unit/host/host.h"

#define LONG_MS  20000
#define SHORT_MS 200
#define SLACK_MS 2000

void booted_start(void)
{
	char path[sizeof(scratch.path) + 8];

	tree_start();
	host_close(&host);
	put_directory(scratch.fd, "tree/run/systemd/system");
	put_text(scratch.fd, "tree/proc/self/cgroup", "0::/system.slice/libvirtd.service\n");
	(void)snprintf(path, sizeof(path), "%s/tree", scratch.path);
	ck_assert_int_eq(host_open(path, &host), 0);
	(void)snprintf(path, sizeof(path), "%s/no", scratch.path);
	(void)setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1);
}

void booted_stop(void)
{
	fake_bus_stop();
	tree_stop();
}

static const char *const evil[] = {
	"",
	".",
	".service",
	".scope",
	".slice",
	"@.service",
	"gdm",
	"gdm.socket",
	"gdm.service.d",
	"gdm.service ",
	"gdm.service\n",
	" gdm.service",
	"gdm service.service",
	"../gdm.service",
	"/etc/gdm.service",
	"gdm*.service",
	"gdm;.service",
	"gdm\xc3\xa4.service",
	"%n.service",
	/* 249 and the suffix */
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaa"
	"aaaaaaaaaaaaaaaaaaaaa.service",
};

static const char *const good[] = {
	"gdm.service",
	"session-2.scope",
	"getty@tty1.service",
	"machine-qemu\\x2d1\\x2dgpuvm.scope",
	"a:b-c_d.e.service",
};

START_TEST(test_evil_names)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(manager_systemd.stop_unit(&host, evil[_i], LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_systemd.start_unit(&host, evil[_i], LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_systemd.reload_unit(&host, evil[_i], LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_systemd.unit_is_active(&host, evil[_i], LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_systemd.get_unit_change(&host, evil[_i], &(uint64_t){ 0 }, LONG_MS), -EINVAL);
}
END_TEST

/* A slice has AllowedCPUs; with it, all that is in it would stop. */
START_TEST(test_slice)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(manager_systemd.unit_is_active(&host, "system.slice", LONG_MS), 1);
	ck_assert_int_eq(manager_systemd.stop_unit(&host, "system.slice", LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_systemd.start_unit(&host, "system.slice", LONG_MS), -EINVAL);
}
END_TEST

START_TEST(test_good_names)
{
	uint64_t changed = 0;

	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(manager_systemd.stop_unit(&host, good[_i], LONG_MS), 0);
	ck_assert_int_eq(manager_systemd.start_unit(&host, good[_i], LONG_MS), 0);
	ck_assert_int_eq(manager_systemd.reload_unit(&host, good[_i], LONG_MS), 0);
	ck_assert_int_eq(manager_systemd.unit_is_active(&host, good[_i], LONG_MS), 1);
	ck_assert_int_eq(manager_systemd.get_unit_change(&host, good[_i], &changed, LONG_MS), 0);
	ck_assert_uint_eq(changed, 1234567890);
}
END_TEST

static const struct {
	enum fake_job job;
	int deadline_ms, expected;
} jobs[] = {
	{ FAKE_DONE, LONG_MS, 0 },
	{ FAKE_DONE, 0, -ETIMEDOUT },
	{ FAKE_DONE, -1, -ETIMEDOUT },
	{ FAKE_FAILED, LONG_MS, -EIO },
	{ FAKE_ENDLESS, SHORT_MS, -ETIMEDOUT },
	{ FAKE_FORGED, SHORT_MS, -ETIMEDOUT },
	{ FAKE_OTHER_JOB, SHORT_MS, -ETIMEDOUT },
	{ FAKE_NO_SUCH_UNIT, LONG_MS, -ENOENT },
	{ FAKE_DENIED, LONG_MS, -EACCES },
	{ FAKE_SILENT, SHORT_MS, -ETIMEDOUT },
	{ FAKE_HANG_UP, LONG_MS, -ECONNRESET },
	{ FAKE_NO_SYSTEMD, LONG_MS, -EOPNOTSUPP },
	{ FAKE_NO_HELLO, SHORT_MS, -ETIMEDOUT },
	{ FAKE_FLOOD, SHORT_MS, -ETIMEDOUT },
	{ FAKE_DONE_EARLY, LONG_MS, 0 },
};

START_TEST(test_job)
{
	uint64_t began = clock_now_us();
	int r, limit_ms = jobs[_i].expected == -ETIMEDOUT ? SHORT_MS + SLACK_MS : LONG_MS;

	fake_bus_start(jobs[_i].job);
	r = manager_systemd.stop_unit(&host, "some.service", jobs[_i].deadline_ms);
	ck_assert_msg(r == jobs[_i].expected, "job %d: %d", (int)jobs[_i].job, r);
	ck_assert_uint_lt((clock_now_us() - began) / 1000, (unsigned int)limit_ms);
}
END_TEST

START_TEST(test_active)
{
	static const struct {
		enum fake_job job;
		int expected;
	} rows[] = { { FAKE_DONE, 1 }, { FAKE_FAILED, 0 }, { FAKE_NO_SUCH_UNIT, 0 }, { FAKE_NO_HELLO, -ETIMEDOUT } };

	for (int i = 0; i < COUNT(rows); i++) {
		fake_bus_start(rows[i].job);
		ck_assert_int_eq(manager_systemd.unit_is_active(&host, "some.service", SHORT_MS), rows[i].expected);
		fake_bus_stop();
		remove_all(scratch.fd, "bus");
	}
}
END_TEST

START_TEST(test_end_session)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(manager_systemd.end_session(&host, "4", LONG_MS), 0);
	ck_assert_str_eq(fake_bus_ended(), "4");
	ck_assert_int_eq(manager_systemd.end_session(&host, "4", LONG_MS), -ENOENT);
	ck_assert_int_eq(manager_systemd.end_session(&host, "c9", LONG_MS), -ENOENT);
	ck_assert_int_eq(manager_systemd.end_session(&host, "", LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_systemd.end_session(&host, "session-2.scope", LONG_MS), -EINVAL);
	ck_assert_str_eq(fake_bus_ended(), "4");
}
END_TEST

/* No more than those in which the person is, or could log in. */
START_TEST(test_end_sessions_of)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(manager_systemd.end_sessions_of(&host, 4711, LONG_MS), 0);
	ck_assert_str_eq(fake_bus_ended(), "");
	ck_assert_int_eq(manager_systemd.end_sessions_of(&host, 1000, LONG_MS), 3);
	ck_assert_str_eq(fake_bus_ended(), "015");
	ck_assert_int_eq(manager_systemd.end_sessions_of(&host, 1000, LONG_MS), 0);
}
END_TEST

START_TEST(test_scope)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(manager_enter_scope(&host, "a test", LONG_MS), 0);
}
END_TEST

START_TEST(test_no_scope)
{
	fake_bus_start(FAKE_ENDLESS);
	ck_assert_int_eq(manager_enter_scope(&host, "a test", SHORT_MS), -ETIMEDOUT);
	/* Another's, whose name ends as ours does, or goes on. */
	put_text(scratch.fd, "tree/proc/self/cgroup", "0::/system.slice/x-gpu-handoff-%d.scope\n", (int)getpid());
	ck_assert_int_eq(manager_enter_scope(&host, "a test", SHORT_MS), -ETIMEDOUT);
	put_text(scratch.fd, "tree/proc/self/cgroup", "0::/gpu-handoff-%d.scope/x\n", (int)getpid());
	ck_assert_int_eq(manager_enter_scope(&host, "a test", SHORT_MS), -ETIMEDOUT);
	/* Several hierarchies. */
	put_text(scratch.fd, "tree/proc/self/cgroup",
		"3:cpu:/\n1:name=systemd:/system.slice/gpu-handoff-%d.scope\n0::/\n", (int)getpid());
	ck_assert_int_eq(manager_enter_scope(&host, "a test", SHORT_MS), 0);
}
END_TEST

START_TEST(test_scope_is_there)
{
	fake_bus_start(FAKE_FAILED);
	ck_assert_int_eq(manager_enter_scope(&host, "a test", SHORT_MS), -EEXIST);
}
END_TEST

static int start_scope(const char *unit, pid_t pid, int deadline_ms)
{
	return manager_systemd.start_scope(&host, unit, "a test", "machine.slice", pid, deadline_ms);
}

START_TEST(test_start_scope)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(start_scope("run-a.scope", 4711, LONG_MS), 0);
	ck_assert_str_eq(fake_bus_told(), "run-a.scope fail\n"
					  "Description=a test\n"
					  "Slice=machine.slice\n"
					  "CollectMode=inactive-or-failed\n"
					  "PIDs=[4711]\n");
	/* It has ended meanwhile. */
	ck_assert_int_eq(start_scope("run-b.scope", 4712, LONG_MS), -ESRCH);
	ck_assert_int_eq(start_scope("run-c.scope", 0, LONG_MS), -EINVAL);
	ck_assert_int_eq(start_scope("run-c", 4711, LONG_MS), -EINVAL);
	ck_assert_int_eq(manager_systemd.start_scope(&host, "run-c.scope", "a test", "../x", 4711, LONG_MS), -EINVAL);
}
END_TEST

START_TEST(test_start_scope_fails)
{
	put_text(scratch.fd, "tree/proc/4711/cgroup", "0::/user.slice/session-2.scope\n");
	fake_bus_start(_i ? FAKE_FAILED : FAKE_ENDLESS);
	ck_assert_int_eq(start_scope("run-a.scope", 4711, SHORT_MS), _i ? -EEXIST : -ETIMEDOUT);
}
END_TEST

static void expect_nothing(int expected)
{
	ck_assert_int_eq(start_scope("run-a.scope", 4711, LONG_MS), expected);
	ck_assert_int_eq(manager_systemd.stop_unit(&host, "gdm.service", LONG_MS), expected);
	ck_assert_int_eq(manager_systemd.start_unit(&host, "gdm.service", LONG_MS), expected);
	ck_assert_int_eq(manager_systemd.reload_unit(&host, "gdm.service", LONG_MS), expected);
	ck_assert_int_eq(manager_systemd.unit_is_active(&host, "gdm.service", LONG_MS), expected);
	ck_assert_int_eq(manager_systemd.get_unit_change(&host, "gdm.service", &(uint64_t){ 0 }, LONG_MS), expected);
	ck_assert_int_eq(manager_systemd.end_session(&host, "2", LONG_MS), expected);
	ck_assert_int_eq(manager_systemd.end_sessions_of(&host, 1000, LONG_MS), expected);
	ck_assert_int_eq(manager_enter_scope(&host, "a test", LONG_MS), expected);
}

START_TEST(test_no_bus)
{
	expect_nothing(-EOPNOTSUPP);
	/* Its socket is there, and nobody listens. */
	fake_bus_start(FAKE_DONE);
	fake_bus_stop();
	expect_nothing(-EOPNOTSUPP);
}
END_TEST

START_TEST(test_no_systemd)
{
	fake_bus_start(FAKE_DONE);
	remove_all(scratch.fd, "tree/run/systemd");
	expect_nothing(-EOPNOTSUPP);
}
END_TEST

START_TEST(test_manager_recorded)
{
	ck_assert_ptr_eq(host.manager, &manager_recorded);
	ck_assert_int_eq(host.manager->stop_unit(&host, "gdm.service", LONG_MS), -EROFS);
	ck_assert_int_eq(host.manager->start_unit(&host, "gdm.service", LONG_MS), -EROFS);
	ck_assert_int_eq(host.manager->reload_unit(&host, "gdm.service", LONG_MS), -EROFS);
	ck_assert_int_eq(host.manager->get_unit_change(&host, "gdm.service", &(uint64_t){ 0 }, LONG_MS), -ENOENT);
	ck_assert_int_eq(host.manager->unit_is_active(&host, "gdm.service", LONG_MS), 0);
	ck_assert_int_eq(host.manager->end_session(&host, "2", LONG_MS), -EROFS);
	ck_assert_int_eq(host.manager->end_sessions_of(&host, 1000, LONG_MS), -EROFS);
}
END_TEST

TCase *case_manager(void)
{
	TCase *tcase = suite_case("manager");

	tcase_add_checked_fixture(tcase, booted_start, booted_stop);
	add_rows(tcase, test_evil_names, evil);
	add_rows(tcase, test_good_names, good);
	tcase_add_test(tcase, test_slice);
	add_rows(tcase, test_job, jobs);
	tcase_add_test(tcase, test_active);
	tcase_add_test(tcase, test_end_session);
	tcase_add_test(tcase, test_end_sessions_of);
	tcase_add_test(tcase, test_scope);
	tcase_add_test(tcase, test_no_scope);
	tcase_add_test(tcase, test_scope_is_there);
	tcase_add_test(tcase, test_start_scope);
	tcase_add_loop_test(tcase, test_start_scope_fails, 0, 2);
	tcase_add_test(tcase, test_no_bus);
	tcase_add_test(tcase, test_no_systemd);
	tcase_add_test(tcase, test_manager_recorded);
	return tcase;
}
