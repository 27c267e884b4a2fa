// SPDX-License-Identifier: GPL-2.0-or-later
/* AllowedCPUs of units, a service that is bound to one, and a reload: as they arrive at systemd. */
#include <errno.h>

#include "base/clock.h"
#include "host/bus.h"
#include "host/manager.h"
#include "model/cpuset.h"
#include "tests/unit/host/fake_bus.h"
#include "tests/unit/host/host.h"

#define LONG_MS  20000
#define SHORT_MS 200

static struct cpuset cpus_of(const char *list)
{
	struct cpuset cpus = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &cpus), 0);
	return cpus;
}

static int set(const char *unit, const char *list, int deadline_ms)
{
	struct cpuset cpus = cpus_of(list);

	return manager_systemd.set_allowed_cpus(&host, unit, &cpus, deadline_ms);
}

static const struct {
	const char *unit, *interface;
} kinds[] = {
	{ "system.slice", "get org.freedesktop.systemd1.Slice" },
	{ "-.slice", "get org.freedesktop.systemd1.Slice" },
	{ "machine-qemu\\x2d1\\x2dvm.scope", "get org.freedesktop.systemd1.Scope" },
	{ "init.scope", "get org.freedesktop.systemd1.Scope" },
	{ "user@1000.service", "get org.freedesktop.systemd1.Service" },
};

START_TEST(test_get_allowed)
{
	struct cpuset cpus = cpus_of("5");

	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(manager_systemd.get_allowed_cpus(&host, kinds[_i].unit, &cpus, LONG_MS), 0);
	ck_assert_str_eq(fake_bus_told(), kinds[_i].interface);
	ck_assert_str_eq(cpuset_text(&cpus).s, "0,9");
}
END_TEST

START_TEST(test_get_allowed_fails)
{
	static const struct {
		enum fake_job job;
		int deadline_ms, expected;
	} rows[] = {
		{ FAKE_FAILED, LONG_MS, 0 }, /* it is not set */
		{ FAKE_NO_SUCH_UNIT, LONG_MS, -ENOENT },
		{ FAKE_DENIED, LONG_MS, -EOPNOTSUPP }, /* systemd before 244 has no such property */
		{ FAKE_NO_HELLO, SHORT_MS, -ETIMEDOUT },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct cpuset cpus = cpus_of("5");

		fake_bus_start(rows[i].job);
		ck_assert_int_eq(manager_systemd.get_allowed_cpus(&host, "a.slice", &cpus, rows[i].deadline_ms),
			rows[i].expected);
		ck_assert_str_eq(cpuset_text(&cpus).s, rows[i].expected == 0 ? "" : "5");
		fake_bus_stop();
		remove_all(scratch.fd, "bus");
	}
	ck_assert_int_eq(manager_systemd.get_allowed_cpus(&host, "a.mount", &(struct cpuset){ 0 }, LONG_MS), -EINVAL);
}
END_TEST

/* As many bytes as there are CPUs for, the lowest first. */
static const struct {
	const char *list, *told;
} masks[] = {
	{ "", "set a.slice 1 AllowedCPUs " },
	{ "0-3", "set a.slice 1 AllowedCPUs 0f" },
	{ "7", "set a.slice 1 AllowedCPUs 80" },
	{ "8", "set a.slice 1 AllowedCPUs 0001" },
	{ "0,9,23", "set a.slice 1 AllowedCPUs 010280" },
	{ "64", "set a.slice 1 AllowedCPUs 000000000000000001" },
};

START_TEST(test_set_allowed)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(set("a.slice", masks[_i].list, LONG_MS), 0);
	ck_assert_str_eq(fake_bus_told(), masks[_i].told);
}
END_TEST

START_TEST(test_set_allowed_fails)
{
	fake_bus_start(FAKE_SILENT);
	ck_assert_int_eq(set("../a.slice", "1", LONG_MS), -EINVAL);
	ck_assert_int_eq(set("a.slice", "1", SHORT_MS), -ETIMEDOUT);
	fake_bus_stop();
	remove_all(scratch.fd, "bus");
	fake_bus_start(FAKE_NO_SUCH_UNIT);
	ck_assert_int_eq(set("a.slice", "1", LONG_MS), -ENOENT);
}
END_TEST

static int was_told(void *data)
{
	const char **text = data;

	*text = fake_bus_told();
	return **text != '\0';
}

/* Who goes before systemd has looked who asks is refused. */
START_TEST(test_reload)
{
	const char *text = "";

	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(manager_systemd.reload(&host, LONG_MS), 0);
	ck_assert_int_eq(clock_await(was_told, (void *)&text, LONG_MS), 1);
	ck_assert_str_eq(text, "reload, reply wanted");
}
END_TEST

static const char *const command[] = { "/usr/bin/gpu-handoff", "hold", "vm", NULL };

static int start_bound(const char *unit, const char *bound_to, const char *const arguments[])
{
	return manager_systemd.start_bound(&host, unit, "a test", bound_to, arguments, LONG_MS);
}

START_TEST(test_bound)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(start_bound("gpu-handoff-vm.service", "machine-qemu\\x2d1\\x2dvm.scope", command), 0);
	ck_assert_str_eq(fake_bus_told(), "gpu-handoff-vm.service fail\n"
					  "Description=a test\n"
					  "BindsTo=[machine-qemu\\x2d1\\x2dvm.scope]\n"
					  "After=[machine-qemu\\x2d1\\x2dvm.scope]\n"
					  "CollectMode=inactive-or-failed\n"
					  "Type=exec\n"
					  "Slice=system.slice\n"
					  "ProtectHome=yes\n"
					  "ProtectSystem=strict\n"
					  "NoNewPrivileges=yes\n"
					  "PrivateTmp=yes\n"
					  "PrivateDevices=yes\n"
					  "ProtectKernelModules=yes\n"
					  "ProtectKernelLogs=yes\n"
					  "ProtectClock=yes\n"
					  "MemoryDenyWriteExecute=yes\n"
					  "LockPersonality=yes\n"
					  "RestrictRealtime=yes\n"
					  "CapabilityBoundingSet=27262978\n"
					  "ReadWritePaths=[/run]\n"
					  "RestrictAddressFamilies=1 [AF_UNIX]\n"
					  "ExecStart=/usr/bin/gpu-handoff (/usr/bin/gpu-handoff hold more) 0\n");
}
END_TEST

START_TEST(test_bound_fails)
{
	fake_bus_start(FAKE_FAILED);
	ck_assert_int_eq(start_bound("a.service", "a.scope", command), -EEXIST);
	ck_assert_int_eq(start_bound("a", "a.scope", command), -EINVAL);
	ck_assert_int_eq(start_bound("a.service", "", command), -EINVAL);
	ck_assert_int_eq(start_bound("a.service", "a.scope", (const char *[]){ "relative", NULL }), -EINVAL);
	ck_assert_int_eq(start_bound("a.service", "a.scope", (const char *[]){ NULL }), -EINVAL);
}
END_TEST

static int get_allowed(void)
{
	struct cpuset cpus;

	return manager_systemd.get_allowed_cpus(&host, "a.slice", &cpus, LONG_MS);
}

/* One connection for all, but for what has signals sent to it, and after what went wrong. */
START_TEST(test_kept)
{
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(get_allowed(), 0);
	ck_assert_int_eq(get_allowed(), 0);
	ck_assert_uint_eq(fake_bus_connections(), 2);
	bus_keep(true);
	ck_assert_int_eq(get_allowed(), 0);
	ck_assert_int_eq(set("a.slice", "1", LONG_MS), 0);
	ck_assert_int_eq(start_bound("a.service", "a.scope", command), 0);
	ck_assert_int_eq(manager_systemd.reload(&host, LONG_MS), 0);
	ck_assert_int_eq(get_allowed(), 0);
	ck_assert_uint_eq(fake_bus_connections(), 3);
	ck_assert_int_eq(manager_systemd.stop_unit(&host, "a.service", LONG_MS), 0);
	ck_assert_uint_eq(fake_bus_connections(), 3);
	ck_assert_int_eq(get_allowed(), 0);
	ck_assert_uint_eq(fake_bus_connections(), 4);
	/* It has gone meanwhile, and another one is there. */
	fake_bus_stop();
	remove_all(scratch.fd, "bus");
	ck_assert_int_eq(get_allowed(), -EOPNOTSUPP);
	fake_bus_start(FAKE_DONE);
	ck_assert_int_eq(get_allowed(), 0);
	fake_bus_stop();
	remove_all(scratch.fd, "bus");
	fake_bus_start(FAKE_SILENT);
	ck_assert_int_eq(get_allowed(), 0);
	ck_assert_int_eq(set("a.slice", "1", SHORT_MS), -ETIMEDOUT);
	ck_assert_int_eq(get_allowed(), 0);
	ck_assert_uint_eq(fake_bus_connections(), 2);
	fake_bus_stop();
	remove_all(scratch.fd, "bus");
	/* One that never came to be is not kept either. */
	fake_bus_start(FAKE_NO_HELLO);
	ck_assert_int_eq(manager_systemd.reload(&host, SHORT_MS), -ETIMEDOUT);
	ck_assert_int_eq(manager_systemd.reload(&host, SHORT_MS), -ETIMEDOUT);
	ck_assert_uint_eq(fake_bus_connections(), 2);
	bus_keep(false);
}
END_TEST

static void expect_nothing(int expected)
{
	struct cpuset cpus = { 0 };

	ck_assert_int_eq(manager_systemd.get_allowed_cpus(&host, "a.slice", &cpus, LONG_MS), expected);
	ck_assert_int_eq(set("a.slice", "1", LONG_MS), expected);
	ck_assert_int_eq(manager_systemd.reload(&host, LONG_MS), expected);
	ck_assert_int_eq(start_bound("a.service", "a.scope", command), expected);
}

START_TEST(test_no_systemd)
{
	expect_nothing(-EOPNOTSUPP);
	fake_bus_start(FAKE_DONE);
	remove_all(scratch.fd, "tree/run/systemd");
	expect_nothing(-EOPNOTSUPP);
}
END_TEST

START_TEST(test_recorded)
{
	struct cpuset cpus = { 0 };
	pid_t pid;

	ck_assert_int_eq(host.manager->get_allowed_cpus(&host, "a.slice", &cpus, LONG_MS), -ENOENT);
	ck_assert_int_eq(host.manager->set_allowed_cpus(&host, "a.slice", &cpus, LONG_MS), -EROFS);
	ck_assert_int_eq(host.manager->reload(&host, LONG_MS), -EROFS);
	ck_assert_int_eq(host.manager->start_bound(&host, "a.service", "", "a.scope", command, LONG_MS), -EROFS);
	ck_assert_int_eq(host.manager->start_scope(&host, "a.scope", "", "b.slice", 1, LONG_MS), -EROFS);
	ck_assert_int_eq(host.manager->get_banned_cpus(&host, &pid, &cpus, LONG_MS), -ENOENT);
	ck_assert_int_eq(host.manager->set_banned_cpus(&host, 1, &cpus, LONG_MS), -EROFS);
}
END_TEST

TCase *case_properties(void)
{
	TCase *tcase = suite_case("properties");

	tcase_add_checked_fixture(tcase, booted_start, booted_stop);
	add_rows(tcase, test_get_allowed, kinds);
	tcase_add_test(tcase, test_get_allowed_fails);
	add_rows(tcase, test_set_allowed, masks);
	tcase_add_test(tcase, test_set_allowed_fails);
	tcase_add_test(tcase, test_reload);
	tcase_add_test(tcase, test_bound);
	tcase_add_test(tcase, test_bound_fails);
	tcase_add_test(tcase, test_kept);
	tcase_add_test(tcase, test_no_systemd);
	tcase_add_test(tcase, test_recorded);
	return tcase;
}
