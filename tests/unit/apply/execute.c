// SPDX-License-Identifier: GPL-2.0-or-later
/* One step at a time: it compares, writes, and looks again. */
#include "apply/execute.h"

#include <errno.h>
#include <stdio.h>

#include "host/manager.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define GPU "0000:01:00.0"

static void start(void)
{
	machine_start(&machine, "haswell-gtx1070ti", MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
}

static void stop(void)
{
	machine_stop(&machine);
}

static struct step make_step(enum step_kind kind, const char *old, const char *new)
{
	struct step step = { .kind = kind };

	(void)address_parse(GPU, &step.target);
	(void)snprintf(step.old, sizeof(step.old), "%s", old);
	(void)snprintf(step.new, sizeof(step.new), "%s", new);
	return step;
}

/* Steps on a card that nvidia has, without an override, d3cold allowed. */
static const struct {
	enum step_kind kind;
	const char *old, *new;
	int expected;
} steps[] = {
	{ STEP_MODULE, "", "vfio-pci", 1 },
	{ STEP_MODULE, "", "no-such-module", -ENOENT },
	{ STEP_OVERRIDE, "(null)", "vfio-pci", 0 },
	{ STEP_OVERRIDE, "", "vfio-pci", 0 },
	{ STEP_OVERRIDE, "vfio-pci", "(null)", 1 },
	{ STEP_OVERRIDE, "vfio-pci", "", 1 },
	{ STEP_OVERRIDE, "nouveau", "vfio-pci", STEP_STALE },
	{ STEP_D3COLD, "1", "0", 0 },
	{ STEP_D3COLD, "0", "1", 1 },
	{ STEP_UNBIND, "nvidia", "", 0 },
	{ STEP_UNBIND, "nouveau", "", STEP_STALE },
	{ STEP_UNBIND, "vfio-pci", "", STEP_STALE },
	{ STEP_BIND, "", "nvidia", 1 },
	{ STEP_BIND, "", "vfio-pci", STEP_STALE },
	/* Made elsewhere. */
	{ STEP_CPUS, "", "", -EINVAL },
};

START_TEST(test_step)
{
	struct step step = make_step(steps[_i].kind, steps[_i].old, steps[_i].new);

	ck_assert_int_eq(step_execute(&machine.host, &step), steps[_i].expected);
	/* What was done is done: again, there is nothing to do. */
	if (steps[_i].expected == 0)
		ck_assert_int_eq(step_execute(&machine.host, &step), 1);
}
END_TEST

/* vfio-pci writes power/control itself, so that either value may be found. */
START_TEST(test_power)
{
	struct step on = make_step(STEP_POWER, "auto", "on"), automatic = make_step(STEP_POWER, "on", "auto");

	ck_assert_int_ge(step_execute(&machine.host, &automatic), 0);
	ck_assert_int_eq(step_execute(&machine.host, &automatic), 1);
	ck_assert_int_eq(step_execute(&machine.host, &on), 0);
	ck_assert_int_eq(step_execute(&machine.host, &on), 1);
}
END_TEST

/* What a bind may meet, with the card unbound. */
static const struct {
	const char *override, *driver;
	int expected;
} binds[] = {
	{ "(null)", "nvidia", 0 },
	{ "vfio-pci", "vfio-pci", 0 },
	{ "vfio-pci", "nvidia", -ENODEV },
	{ "(null)", "vfio-pci", -ENODEV },
	{ "(null)", "nouveau", STEP_NO_DRIVER },
	{ "nvidia", "nvidia", 0 },
};

START_TEST(test_bind)
{
	struct step override = make_step(STEP_OVERRIDE, "(null)", binds[_i].override);
	struct step unbind = make_step(STEP_UNBIND, "nvidia", "");
	struct step bind = make_step(STEP_BIND, "", binds[_i].driver);

	ck_assert_int_ge(step_execute(&machine.host, &override), 0);
	ck_assert_int_eq(step_execute(&machine.host, &unbind), 0);
	ck_assert_int_eq(step_execute(&machine.host, &bind), binds[_i].expected);
	ck_assert_int_eq(step_is_bound(&machine.host, &bind), binds[_i].expected == 0);
}
END_TEST

START_TEST(test_gone)
{
	static const enum step_kind kinds[] = { STEP_POWER, STEP_D3COLD, STEP_OVERRIDE, STEP_UNBIND, STEP_BIND };
	struct step step = make_step(kinds[_i], "nvidia", "vfio-pci");

	fake_kernel_unplug(&machine.host, step.target);
	ck_assert_int_eq(step_execute(&machine.host, &step), STEP_GONE);
}
END_TEST

/* The kernel would wait for ever. */
START_TEST(test_in_use)
{
	struct step steps_to[] = {
		make_step(STEP_OVERRIDE, "(null)", "vfio-pci"),
		make_step(STEP_UNBIND, "nvidia", ""),
		make_step(STEP_BIND, "", "vfio-pci"),
	};
	struct step unbind = make_step(STEP_UNBIND, "vfio-pci", "");

	for (int i = 0; i < COUNT(steps_to); i++)
		ck_assert_int_eq(step_execute(&machine.host, &steps_to[i]), 0);
	fake_kernel_open_group(&machine.kernel, 1);
	ck_assert_int_eq(step_execute(&machine.host, &unbind), -EBUSY);
	ck_assert(!machine.kernel.hung);
	fake_kernel_close_group(&machine.kernel, 1);
	ck_assert_int_eq(step_execute(&machine.host, &unbind), 0);
}
END_TEST

/* A driver's name is one part of a path. */
START_TEST(test_name)
{
	struct step unbind = make_step(STEP_UNBIND, "nvidia", "");
	struct step bind = make_step(STEP_BIND, "", "../drivers/nvidia");

	ck_assert_int_eq(step_execute(&machine.host, &unbind), 0);
	ck_assert_int_lt(step_execute(&machine.host, &bind), 0);
	ck_assert(!step_is_bound(&machine.host, &bind));
}
END_TEST

static int no_unit_starts(const struct host *host, const char *unit, int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)deadline_ms;
	return -ENOENT;
}

static int no_unit_is_active(const struct host *host, const char *unit, int deadline_ms)
{
	(void)host;
	(void)unit;
	(void)deadline_ms;
	return 0;
}

/* A transient unit that was stopped: what cannot be done ever is no reason to keep the journal. */
START_TEST(test_no_unit)
{
	const struct manager manager = { .start_unit = no_unit_starts, .unit_is_active = no_unit_is_active };
	struct step step = make_step(STEP_START, "", "run-u7.service");
	char sentence[STEP_SENTENCE_SIZE + 64];
	struct text text;

	machine.host.manager = &manager;
	ck_assert_int_eq(step_execute(&machine.host, &step), STEP_GONE);
	text_init(&text, sentence, sizeof(sentence));
	step_describe_failure(&text, &step, STEP_GONE);
	ck_assert_str_eq(sentence, "cannot start 'run-u7.service': there is no such unit any more");
}
END_TEST

TCase *case_execute(void)
{
	TCase *tcase = suite_case("execute");

	tcase_add_checked_fixture(tcase, start, stop);
	add_rows(tcase, test_step, steps);
	tcase_add_test(tcase, test_power);
	add_rows(tcase, test_bind, binds);
	tcase_add_loop_test(tcase, test_gone, 0, 5);
	tcase_add_test(tcase, test_in_use);
	tcase_add_test(tcase, test_name);
	tcase_add_test(tcase, test_no_unit);
	return tcase;
}
