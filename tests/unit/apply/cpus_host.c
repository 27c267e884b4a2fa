// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/apply/cpus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/snapshot.h"
#include "tests/support/suite.h"

static char *before;

static void start(const char *record, bool old_kernel)
{
	fault_patience_ms = 1;
	machine_start(&machine, record, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	machine_dress_cpus(&machine, old_kernel);
	before = machine_snapshot_cpus(&machine);
}

void cpus_start(void)
{
	start(NULL, false);
}

void cpus_start_old(void)
{
	start(NULL, true);
}

void cpus_start_card(void)
{
	start("rocketlake-i7-11700-rtx2060", false);
}

const char *cpus_difference(const char *ignored)
{
	char *after = machine_snapshot_cpus(&machine);
	const char *difference = snapshot_compare(before, after, ignored);

	free(after);
	return difference;
}

void cpus_stop(void)
{
	const char *difference = cpus_difference(NULL);

	ck_assert_msg(!difference, "%s; %s", difference, machine.notes);
	ck_assert(machine_is_clean(&machine));
	free(before);
	machine_stop(&machine);
}

void cpus_accept(void)
{
	free(before);
	before = machine_snapshot_cpus(&machine);
}

void cpus_take(const struct domain *domain)
{
	int r;

	machine.notes[0] = '\0';
	r = handover_take(machine.handover, domain, CPUS_DAEMON, &machine.refusal);
	ck_assert_msg(r == 0, "%d: %s", r, machine.refusal.sentence);
}

void cpus_return(const struct domain *domain)
{
	int r = loop_call(CALL_RETURN, domain);

	ck_assert_msg(r == 0, "%d: %s; %s", r, r < 0 ? machine.refusal.sentence : "", machine.notes);
}

void cpus_refuse(const struct domain *domain, enum refusal_reason reason, const char *part)
{
	char *was = machine_snapshot_cpus(&machine), *is;
	int r = handover_take(machine.handover, domain, CPUS_DAEMON, &machine.refusal);

	ck_assert_int_eq(r, -ECANCELED);
	ck_assert_str_eq(refusal_reason_name(machine.refusal.reason), refusal_reason_name(reason));
	ck_assert_msg(
		strstr(machine.refusal.sentence, part) != NULL, "'%s' lacks '%s'", machine.refusal.sentence, part);
	is = machine_snapshot_cpus(&machine);
	ck_assert_str_eq(was, is);
	free(was);
	free(is);
}

void cpus_check_line(const char *path, const char *value)
{
	const char *line = machine_line(&machine, path);

	ck_assert_msg(strcmp(line, value) == 0, "%s is '%s', not '%s'", path, line, value);
}

void cpus_check(const struct expectation *expected, int n)
{
	for (int i = 0; i < n; i++)
		cpus_check_line(expected[i].path, expected[i].value);
}

void cpus_start_vm(const struct domain *domain, int pid)
{
	cpus_take(domain);
	machine_run_vm(&machine, domain, pid);
	handover_started(machine.handover, domain);
}

void cpus_end_vm(const struct domain *domain, int pid)
{
	machine_end_vm(&machine, domain, pid);
	cpus_return(domain);
}
