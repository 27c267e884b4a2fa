// SPDX-License-Identifier: GPL-2.0-or-later
/* CPUs that cannot be had, before anything is changed; and what of them is left without a domain. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/scratch.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/cpus.h"

#define LEDGER "run/gpu-handoff/ledger"

/* ---- what is shared ---- */

START_TEST(test_overlap)
{
	const struct domain one = machine_cpus_domain("one", 1, "4-7", "");
	struct domain two = machine_cpus_domain("two", 2, "2-5", "performance");

	cpus_take(&one);
	cpus_refuse(&two, REFUSAL_CPUS, "CPUs 4-5, which vCPUs are pinned to, would be shared with VM 'one'");
	ck_assert_ptr_null(machine_journal(&machine, two.uuid));
	(void)policy_set_overlap(&two.policy, "warn");
	cpus_take(&two);
	ck_assert_ptr_nonnull(strstr(machine.notes, "CPUs 4-5, which vCPUs are pinned to, are shared with VM 'one'"));
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "0-1");
	cpus_return(&one);
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "0-1,6-7");
	cpus_return(&two);
}
END_TEST

/* One that wants none for itself shares those that it is pinned to, whoever of the two ends first. */
START_TEST(test_overlap_plain)
{
	static const char scope[] = "sys/fs/cgroup/machine.slice/machine-qemu\\x2d1\\x2dtwo.scope/cpuset.cpus";
	const struct domain one = machine_cpus_domain("one", 1, "4-7", "");
	struct domain two = machine_cpus_domain("two", 2, "4-5", "");

	two.policy.isolate = false;
	cpus_start_vm(&one, 1000);
	cpus_refuse(&two, REFUSAL_CPUS, "CPUs 4-5, which vCPUs are pinned to, belong to VM 'one' alone");
	(void)policy_set_overlap(&two.policy, "warn");
	cpus_start_vm(&two, 1001);
	cpus_check_line(scope, "0-5");
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "0-3");
	if (_i == 0)
		cpus_end_vm(&two, 1001);
	cpus_end_vm(&one, 1000);
	if (_i == 1) {
		cpus_check_line(scope, "");
		cpus_end_vm(&two, 1001);
	}
}
END_TEST

/* Somebody has bound a group to CPUs all of which it would lose: it is asked about, and then keeps them. */
START_TEST(test_need)
{
	struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");

	machine_put_group(&machine, "lxc.payload.box", _i ? "3-5" : "5");
	cpus_accept();
	if (_i == 0) {
		cpus_refuse(
			&vm, REFUSAL_CPUS, "CPU 5, which vCPUs are pinned to, would be shared with 'lxc.payload.box'");
		(void)policy_set_overlap(&vm.policy, "warn");
	}
	cpus_take(&vm);
	ck_assert(_i == 1 || strstr(machine.notes, "is shared with 'lxc.payload.box'"));
	cpus_check_line("sys/fs/cgroup/lxc.payload.box/cpuset.cpus", _i ? "3" : "5");
	cpus_return(&vm);
}
END_TEST

/* A vCPU of a VM that is not ours counts on its CPU: it is asked about, and then keeps that. */
START_TEST(test_need_of_vm)
{
	static const char scope[] = "machine-qemu\\x2d9\\x2dother.scope";
	struct domain vm = machine_cpus_domain("vm", 1, "1-3", "");
	char path[128];

	cpus_refuse(&vm, REFUSAL_CPUS, "CPU 1, which vCPUs are pinned to, would be shared with 'machine-qemu\\x2d9");
	(void)policy_set_overlap(&vm.policy, "warn");
	cpus_take(&vm);
	ck_assert_ptr_nonnull(strstr(machine.notes, "CPU 1, which vCPUs are pinned to, is shared with 'machine-qemu"));
	(void)snprintf(path, sizeof(path), "sys/fs/cgroup/machine.slice/%s/cpuset.cpus", scope);
	cpus_check_line(path, "0-1,4-7");
	(void)snprintf(path, sizeof(path), "run/fake/allowed/%s", scope);
	cpus_check_line(path, "0-1,4-7");
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "0,4-7");
	cpus_return(&vm);
}
END_TEST

static const struct {
	const char *cpus;
	unsigned int n_pinned; /* 0: all */
	const char *part;
} wrongs[] = {
	{ "0-7", 0, "leave it at least one core" },
	{ "6-9", 0, "pinned to CPUs 8-9, not online" },
	{ "4-7", 3, "only 3 of 4 are" },
};

START_TEST(test_wrong)
{
	struct domain vm = machine_cpus_domain("vm", 1, wrongs[_i].cpus, "");

	if (wrongs[_i].n_pinned)
		vm.demand.n_pinned = wrongs[_i].n_pinned;
	cpus_refuse(&vm, REFUSAL_CPUS, wrongs[_i].part);
	ck_assert(machine_is_clean(&machine));
}
END_TEST

/* ---- a host that is not as it should be ---- */

/* The hierarchies of version 1 have no cgroup.controllers. */
START_TEST(test_version_1)
{
	struct domain vm = machine_cpus_domain("vm", 1, "4-7", "performance");

	remove_all(machine.scratch.fd, "sys/fs/cgroup/cgroup.controllers");
	cpus_accept();
	cpus_refuse(&vm, REFUSAL_CPUS, "systemd.unified_cgroup_hierarchy=1");
	ck_assert(machine_is_clean(&machine));
	/* It is not asked for governors. */
	vm.policy.isolate = false;
	cpus_take(&vm);
	cpus_return(&vm);
}
END_TEST

static const struct {
	const char *text;
	mode_t mode;
	const char *part;
} damages[] = {
	{ "gpu-handoff ledger 2\n", 0600, "damaged or of another version" },
	{ "gpu-handoff ledger 1\nallowed system.slice\n", 0600, "damaged" },
	{ "gpu-handoff ledger 1\nsettled\n", 0666, "not root's alone" },
};

/* It may name anything: nothing is changed over it, whoever asks, and nothing is lost. */
START_TEST(test_damaged)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", ""),
			    two = machine_cpus_domain("two", 2, "2-3", "");
	char *good, *is;

	cpus_take(&vm);
	good = get_text(machine.scratch.fd, LEDGER);
	put_text(machine.scratch.fd, LEDGER, "%s", damages[_i].text);
	ck_assert_int_eq(fchmodat(machine.scratch.fd, LEDGER, damages[_i].mode, 0), 0);
	cpus_refuse(&two, REFUSAL_STATE, "'/run/gpu-handoff/ledger'");
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, damages[_i].part));
	ck_assert_int_eq(loop_call(CALL_RETURN, &vm), -ECANCELED);
	ck_assert_msg(strstr(machine.refusal.sentence, LEDGER) && strstr(machine.refusal.sentence, damages[_i].part),
		"%s", machine.refusal.sentence);
	is = get_text(machine.scratch.fd, LEDGER);
	ck_assert_str_eq(is, damages[_i].text);
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "0-3");
	remove_all(machine.scratch.fd, LEDGER);
	put_text(machine.scratch.fd, LEDGER, "%s", good);
	ck_assert_int_eq(fchmodat(machine.scratch.fd, LEDGER, 0600, 0), 0);
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	free(good);
	free(is);
}
END_TEST

/* One interrupt that does not answer is left where it is, and not many, each of which takes its time. */
START_TEST(test_late)
{
	static const unsigned int more[] = { 9, 24, 25 };
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");

	machine.kernel.managed_hang = true;
	cpus_take(&vm);
	ck_assert_uint_eq(machine.kernel.n_hung, 1);
	ck_assert_ptr_nonnull(strstr(machine.notes, "these cannot be changed"));
	cpus_return(&vm);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		machine.kernel.managed[machine.kernel.n_managed++] = more[i];
	machine.kernel.n_hung = 0;
	cpus_refuse(&vm, REFUSAL_FAILED, "did not end in its time");
	ck_assert_uint_eq(machine.kernel.n_hung, 3);
}
END_TEST

/* ---- a ledger without a journal ---- */

static void lose_journal(const struct domain *domain)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "run/gpu-handoff/%s.journal", domain->uuid);
	ck_assert_str_ne(machine_line(&machine, path), "none");
	remove_all(machine.scratch.fd, path);
}

static void see_left(void *data, const struct journal *journal, const char *why_left)
{
	unsigned int *n_left = data;

	(void)journal;
	(void)why_left;
	++*n_left;
}

START_TEST(test_recover)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "performance");
	unsigned int n_left = 0;

	cpus_take(&vm);
	ck_assert_int_eq(handover_survey(machine.handover, see_left, &n_left, &machine.refusal), 0);
	ck_assert_uint_eq(n_left, 1);
	n_left = 0;
	lose_journal(&vm);
	ck_assert(!handover_is_idle(&machine.host));
	ck_assert_int_eq(handover_survey(machine.handover, see_left, &n_left, &machine.refusal), 1);
	ck_assert_uint_eq(n_left, 0);
	machine.notes[0] = '\0';
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	ck_assert_ptr_nonnull(strstr(machine.notes, "domains that are gone"));
	ck_assert(machine_is_clean(&machine));
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 0);
}
END_TEST

/* Nobody is at work for it: the next take of any domain does it, also of one that wants no CPUs. */
START_TEST(test_next_take)
{
	struct domain vm = machine_cpus_domain("vm", 1, "4-7", "performance"),
		      two = machine_cpus_domain("two", 2, "2-3", "");

	cpus_take(&vm);
	lose_journal(&vm);
	two.policy.isolate = _i;
	cpus_take(&two);
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", _i ? "0-1,4-7" : "");
	cpus_return(&two);
}
END_TEST

/* While another domain runs, that one's CPUs stay; and who lost its journal has none any more. */
START_TEST(test_beside)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", ""),
			    two = machine_cpus_domain("two", 2, "2-3", "");

	cpus_take(&vm);
	cpus_take(&two);
	lose_journal(&vm);
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 0);
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "0-1,4-7");
	cpus_return(&two);
}
END_TEST

/* One that only shares CPUs has nothing turned for it: what is left of another goes back while it runs. */
START_TEST(test_beside_plain)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");
	struct domain two = machine_cpus_domain("two", 2, "4-5", "");

	two.policy.isolate = false;
	(void)policy_set_overlap(&two.policy, "warn");
	cpus_take(&vm);
	cpus_start_vm(&two, 1001);
	lose_journal(&vm);
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "");
	ck_assert_str_eq(machine_line(&machine, LEDGER), "none");
	cpus_end_vm(&two, 1001);
}
END_TEST

/* The daemon that would have returned them is gone, and the domain with it: who starts next puts them back first. */
START_TEST(test_dead_daemon)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "performance");
	struct domain two = machine_cpus_domain("two", 2, "4-7", "");

	machine_ask_pages(&two, 1, 10);
	cpus_take(&vm);
	cpus_refuse(&two, REFUSAL_CPUS, "VM 'vm'");
	remove_all(machine.scratch.fd, "proc/812");
	cpus_take(&two);
	ck_assert_ptr_nonnull(strstr(machine.notes, "vm: a handover was interrupted"));
	cpus_check_line("sys/devices/system/cpu/cpufreq/policy4/scaling_governor", "powersave");
	cpus_check_line("sys/fs/cgroup/system.slice/cpuset.cpus", "0-3");
	cpus_return(&two);
	machine_put_process(&machine, CPUS_DAEMON, "libvirtd", 2214);
}
END_TEST

/* What cannot be put back is told, and the ledger stays. */
START_TEST(test_recover_fails)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");
	struct fault fault = { .kind = FAULT_ERROR, .scope = FAULT_KERNEL, .at = 2, .error = EIO };

	cpus_take(&vm);
	lose_journal(&vm);
	fault_arm(&fault);
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), -ECANCELED);
	fault_disarm(0);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "CPUs for new interrupts cannot become 0-7"));
	ck_assert(!machine_is_clean(&machine));
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
}
END_TEST

TCase *case_cpus_refused(void)
{
	TCase *tcase = suite_case("cpus_refused");

	tcase_add_checked_fixture(tcase, cpus_start, cpus_stop);
	tcase_add_test(tcase, test_overlap);
	tcase_add_loop_test(tcase, test_overlap_plain, 0, 2);
	tcase_add_loop_test(tcase, test_need, 0, 2);
	tcase_add_test(tcase, test_need_of_vm);
	add_rows(tcase, test_wrong, wrongs);
	tcase_add_test(tcase, test_version_1);
	add_rows(tcase, test_damaged, damages);
	tcase_add_test(tcase, test_late);
	tcase_add_test(tcase, test_recover);
	tcase_add_loop_test(tcase, test_next_take, 0, 2);
	tcase_add_test(tcase, test_beside);
	tcase_add_test(tcase, test_beside_plain);
	tcase_add_test(tcase, test_dead_daemon);
	tcase_add_test(tcase, test_recover_fails);
	return tcase;
}
