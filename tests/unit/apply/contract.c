// SPDX-License-Identifier: GPL-2.0-or-later
/* The fake kernel keeps the contract that the lab asks of the real one. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/contract/contract.h"
#include "tests/support/machine.h"
#include "tests/support/scratch.h"
#include "tests/unit/apply/apply.h"

static struct machine machine;

/* What the beliefs that are about no device ask for: this process, a thread that is fixed, masks. */
static void put_host(const struct host *host)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "%d/stat", (int)getpid());
	put_text(host->proc, path, "%d (a) b) S 1 1 1 0 -1 4194560 1 0 0\n", (int)getpid());
	put_text(host->proc, "17/stat", "17 (ksoftirqd/0) S 2 0 0 0 -1 69238848 0 0 0\n");
	put_text(host->proc, "irq/default_smp_affinity", "00000000,0000ffff\n");
	put_text(host->sys, "devices/virtual/workqueue/cpumask", "ffff\n");
	put_text(host->sys, "devices/system/cpu/cpu0/power/pm_qos_resume_latency_us", "0\n");
	put_text(host->sys, "devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "0\n");
}

START_TEST(test_contract)
{
	struct contract_device device;
	char why[CONTRACT_WHY_SIZE] = "";

	machine_start(&machine, "rocketlake-i7-11700-rtx2060", MACHINE_DRESSED | MACHINE_SMALL);
	ck_assert_int_eq(contract_prepare(&machine.host, machine.cards[1].hostdevs[1], &device), 0);
	ck_assert_str_eq(device.driver, "snd_hda_intel");
	put_host(&machine.host);
	ck_assert_msg(contracts[_i].holds(&device, why), "%s: %s", contracts[_i].belief, why);
	contract_reset(&device);
	ck_assert_msg(contracts[0].holds(&device, why), "after a reset: %s", why);
	machine_stop(&machine);
}
END_TEST

/* What the lab cannot ask: a device in use. */
START_TEST(test_group_in_use)
{
	struct contract_device device;
	char why[CONTRACT_WHY_SIZE] = "";

	machine_start(&machine, "rocketlake-i7-11700-rtx2060", MACHINE_DRESSED | MACHINE_SMALL);
	ck_assert_int_eq(contract_prepare(&machine.host, machine.cards[1].hostdevs[1], &device), 0);
	ck_assert_int_eq(machine.host.kernel->group_is_open(&machine.host, 14), 0);
	fake_kernel_open_group(&machine.kernel, 14);
	ck_assert_int_eq(machine.host.kernel->group_is_open(&machine.host, 14), 1);
	/* A host driver does not get a device whose group a process has. */
	ck_assert(contracts[2].holds(&device, why));
	ck_assert_int_eq(
		fake_kernel_write(&machine.host, "bus/pci/drivers/snd_hda_intel/bind", "0000:02:00.1"), -EBUSY);
	fake_kernel_close_group(&machine.kernel, 14);
	ck_assert_int_eq(machine.host.kernel->group_is_open(&machine.host, 14), 0);
	ck_assert(!machine.kernel.hung);
	machine_stop(&machine);
}
END_TEST

TCase *case_contract(void)
{
	TCase *tcase = suite_case("contract");

	tcase_add_loop_test(tcase, test_contract, 0, (int)n_contracts);
	tcase_add_test(tcase, test_group_in_use);
	return tcase;
}
