// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/machine_cpus.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fake_knobs.h"
#include "tests/support/snapshot.h"

#define CPUS     8
#define NODES    2
#define KTHREAD  0x00200000u /* PF_KTHREAD */
#define IMMOBILE 0x04000000u /* PF_NO_SETAFFINITY */
#define MANAGED  26

static struct cpuset set_of(const char *list)
{
	struct cpuset set = { 0 };

	if (*list && cpuset_parse(list, &set) < 0)
		abort();
	return set;
}

__attribute__((format(printf, 3, 4))) static void put(
	const struct machine *machine, const char *text, const char *format, ...)
{
	char path[512];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(path, sizeof(path), format, arguments);
	va_end(arguments);
	put_text(machine->scratch.fd, path, "%s\n", text);
}

/* ---- CPUs, nodes, frequencies ---- */

static void put_nodes(struct machine *machine)
{
	static const char *const cpus[NODES] = { "0-3", "4-7" };

	put(machine, "0-1", "sys/devices/system/node/online");
	for (int i = 0; i < NODES; i++) {
		put(machine, cpus[i], "sys/devices/system/node/node%d/cpulist", i);
		put(machine, "", "sys/devices/system/node/node%d/compact", i);
		put(machine, "4", "sys/devices/system/node/node%d/hugepages/hugepages-2048kB/nr_hugepages", i);
		put(machine, "4", "sys/devices/system/node/node%d/hugepages/hugepages-2048kB/free_hugepages", i);
		put(machine, "0", "sys/devices/system/node/node%d/hugepages/hugepages-2048kB/surplus_hugepages", i);
		machine->kernel.memory_kb[i] = (uint64_t)CPUS_NODE_PAGES * 2048;
	}
	put(machine, "0", "sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages");
	put(machine, "MemTotal: 16777216 kB\nHugepagesize:       2048 kB", "proc/meminfo");
}

static void put_policy(const struct machine *machine, int number, const char *cpus)
{
	static const char policy[] = "sys/devices/system/cpu/cpufreq/policy";

	put(machine, cpus, "%s%d/related_cpus", policy, number);
	put(machine, cpus, "%s%d/affected_cpus", policy, number);
	put(machine, "performance powersave ", "%s%d/scaling_available_governors", policy, number);
	put(machine, "powersave", "%s%d/scaling_governor", policy, number);
	put(machine, "default performance balance_performance balance_power power ",
		"%s%d/energy_performance_available_preferences", policy, number);
	put(machine, "balance_power", "%s%d/energy_performance_preference", policy, number);
}

static void put_power(const struct machine *machine)
{
	put_policy(machine, 0, "0 1 2 3");
	put_policy(machine, 4, "4 5 6 7");
	for (int i = 0; i < CPUS; i++)
		put(machine, "0", "sys/devices/system/cpu/cpu%d/power/pm_qos_resume_latency_us", i);
}

/* ---- interrupts ---- */

static void put_interrupts(struct machine *machine)
{
	static const struct {
		int number;
		const char *name, *mask;
	} interrupts[] = {
		{ 9, "acpi", "ff" },
		{ 24, "eth0-rx-0", "f0" },
		{ 25, "xhci_hcd", "11" },
		{ MANAGED, "nvme0q5", "20" },
	};

	put(machine, "ff", "proc/irq/default_smp_affinity");
	put(machine, "ff", "sys/devices/virtual/workqueue/cpumask");
	for (size_t i = 0; i < sizeof(interrupts) / sizeof(interrupts[0]); i++) {
		put(machine, interrupts[i].mask, "proc/irq/%d/smp_affinity", interrupts[i].number);
		put(machine, interrupts[i].name, "sys/kernel/irq/%d/actions", interrupts[i].number);
	}
	machine->kernel.managed[machine->kernel.n_managed++] = MANAGED;
}

/* ---- control groups and threads ---- */

void machine_put_group(const struct machine *machine, const char *path, const char *cpus)
{
	const char *name = strrchr(path, '/');

	put(machine, "cpuset cpu io memory pids", "sys/fs/cgroup/%s/cgroup.subtree_control", path);
	put(machine, cpus, "sys/fs/cgroup/%s/cpuset.cpus", path);
	/* Of those below it is that of the one above. */
	if (!name || (strncmp(path, "machine.slice/", 14) == 0 && name == path + 13))
		put(machine, *cpus ? cpus : "0-7", "sys/fs/cgroup/%s/cpuset.cpus.effective", path);
	name = name ? name + 1 : path;
	if (strstr(name, ".slice") || strstr(name, ".scope") || strstr(name, ".service"))
		put(machine, "", "run/fake/allowed/%s", name);
}

static void put_groups(const struct machine *machine)
{
	static const char *const groups[][2] = {
		{ "init.scope", "" },
		{ "system.slice", "" },
		{ "system.slice/chosen.service", "" },
		{ "user.slice", "" },
		{ "user.slice/user-1000.slice", "" },
		{ "machine.slice", "" },
		{ "machine.slice/libpod-beef.scope", "" },
		{ "machine.slice/machine-qemu\\x2d9\\x2dother.scope", "" },
		{ "machine.slice/machine-qemu\\x2d9\\x2dother.scope/libvirt", "" },
		{ "machine.slice/machine-qemu\\x2d9\\x2dother.scope/libvirt/emulator", "" },
		{ "machine.slice/machine-qemu\\x2d9\\x2dother.scope/libvirt/vcpu0", "1" },
		{ "lxc.payload.box", "" },
	};

	put(machine, "cpuset cpu io memory hugetlb pids", "sys/fs/cgroup/cgroup.controllers");
	put(machine, "cpuset cpu io memory pids", "sys/fs/cgroup/cgroup.subtree_control");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		machine_put_group(machine, groups[i][0], groups[i][1]);
	put_directory(machine->scratch.fd, "run/systemd/transient");
}

void machine_put_thread(const struct machine *machine, int tid, const char *name, unsigned int flags, const char *group,
	const char *cpus)
{
	const struct cpuset set = set_of(*cpus ? cpus : "0-7");
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/%d/stat", tid);
	put_text(machine->scratch.fd, path, "%d (%s) S 2 0 0 0 -1 %u 10 11 12 13 14 15 16 17 18 19 1 21 %d 23\n", tid,
		name, flags, tid * 10);
	(void)snprintf(path, sizeof(path), "proc/%d/cgroup", tid);
	put_text(machine->scratch.fd, path, "0::/%s\n", group);
	(void)snprintf(path, sizeof(path), "proc/%d/comm", tid);
	put_text(machine->scratch.fd, path, "%s\n", name);
	(void)snprintf(path, sizeof(path), "proc/%d/task/%d", tid, tid);
	put_directory(machine->scratch.fd, path);
	fake_knobs_put_thread(&machine->host, tid, &set);
}

static void put_threads(const struct machine *machine, bool old_kernel)
{
	put(machine, old_kernel ? "6.1.0-40-amd64" : "6.12.48+deb13-amd64", "proc/sys/kernel/osrelease");
	machine_put_thread(machine, 2, "kthreadd", KTHREAD, "", "");
	machine_put_thread(machine, CPUS_KSWAPD, "kswapd0", KTHREAD, "", "0-3");
	machine_put_thread(machine, CPUS_KSOFTIRQD, "ksoftirqd/5", KTHREAD | IMMOBILE, "", "");
	machine_put_thread(machine, CPUS_KAUDITD, "kauditd", KTHREAD, "", "");
	put(machine, "30 31 32 ", "proc/2/task/2/children");
	machine_put_thread(machine, CPUS_TASK, "chosen", 0, "system.slice/chosen.service", "4-5");
	machine_put_thread(machine, CPUS_TASK + 1, "chosen too", 0, "system.slice/chosen.service", "2");
}

/* ---- VMs ---- */

static void put_vm(const struct machine *machine, const char *name, int pid, const char *group)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/libvirt/emulator", group);
	machine_put_thread(machine, pid, "qemu-system-x86", 0, path, "");
	(void)snprintf(path, sizeof(path), "run/libvirt/qemu/%s.pid", name);
	put_text(machine->scratch.fd, path, "%d\n", pid);
	(void)snprintf(path, sizeof(path), "proc/%d/numa_maps", pid);
	put_text(machine->scratch.fd, path,
		"7f0000000000 bind:1 file=/dev/hugepages/vm huge N1=512 kernelpagesize_kB=2048\n");
}

const char *machine_vm_group(const struct domain *domain)
{
	static char group[320];

	(void)snprintf(group, sizeof(group), "machine.slice/machine-qemu\\x2d1\\x2d%s.scope", domain->name);
	return group;
}

void machine_run_vm(const struct machine *machine, const struct domain *domain, int pid)
{
	static const char *const below[] = { "", "/libvirt", "/libvirt/emulator", "/libvirt/vcpu0" };
	char path[400], list[CPUSET_TEXT_SIZE];

	(void)snprintf(list, sizeof(list), "%s", cpuset_text(&domain->demand.vcpus).s);
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", machine_vm_group(domain), below[i]);
		machine_put_group(machine, path, i == 3 ? list : "");
	}
	put_vm(machine, domain->name, pid, machine_vm_group(domain));
}

/* What systemd and libvirt take away with it. */
void machine_end_vm(const struct machine *machine, const struct domain *domain, int pid)
{
	const char *group = machine_vm_group(domain);
	char path[400];

	(void)snprintf(path, sizeof(path), "sys/fs/cgroup/%s", group);
	remove_all(machine->scratch.fd, path);
	(void)snprintf(path, sizeof(path), "run/fake/allowed/%s", strrchr(group, '/') + 1);
	remove_all(machine->scratch.fd, path);
	(void)snprintf(path, sizeof(path), "run/systemd/transient/%s.d", strrchr(group, '/') + 1);
	remove_all(machine->scratch.fd, path);
	(void)snprintf(path, sizeof(path), "run/fake/units/gpu-handoff-%s.service", domain->uuid);
	remove_all(machine->scratch.fd, path);
	(void)snprintf(path, sizeof(path), "run/fake/affinity/%d", pid);
	remove_all(machine->scratch.fd, path);
	(void)snprintf(path, sizeof(path), "proc/%d", pid);
	remove_all(machine->scratch.fd, path);
	(void)snprintf(path, sizeof(path), "run/libvirt/qemu/%s.pid", domain->name);
	remove_all(machine->scratch.fd, path);
}

/* ---- all of it ---- */

void machine_dress_cpus(struct machine *machine, bool old_kernel)
{
	const struct cpuset none = { 0 };

	put(machine, "0-7", "sys/devices/system/cpu/possible");
	put(machine, "0-7", "sys/devices/system/cpu/present");
	put(machine, "0-7", "sys/devices/system/cpu/online");
	put_nodes(machine);
	put_power(machine);
	put_interrupts(machine);
	put_groups(machine);
	put_threads(machine, old_kernel);
	machine->kernel.old_cpusets = old_kernel;
	fake_manager_put_balancer(&machine->host, CPUS_BALANCER, &none);
	machine_put_process(machine, CPUS_DAEMON, "libvirtd", 2214);
	put_vm(machine, "other", CPUS_OTHER_VM, "machine.slice/machine-qemu\\x2d9\\x2dother.scope");
}

struct domain machine_cpus_domain(const char *name, unsigned int number, const char *cpus, const char *governor)
{
	struct domain domain = machine_domain(name, number, (const char *const[]){ NULL });

	policy_init(&domain.policy);
	domain.has_policy = true;
	(void)policy_set_isolate(&domain.policy, "yes");
	if (*governor)
		(void)policy_set_governor(&domain.policy, governor);
	domain.demand.vcpus = set_of(cpus);
	domain.demand.n_vcpus = domain.demand.n_pinned = cpuset_count(&domain.demand.vcpus);
	(void)snprintf(domain.demand.partition, sizeof(domain.demand.partition), "/machine");
	return domain;
}

void machine_ask_pages(struct domain *domain, unsigned int node, unsigned int pages)
{
	struct page_need *need = &domain->demand.needs[domain->demand.n_needs++];

	*need = (struct page_need){ .kib = (uint64_t)pages * 2048 };
	cpuset_add(&need->nodes, node);
	cpuset_add(&domain->demand.nodes, node);
	(void)policy_set_allocate(&domain->policy, "yes");
}

char *machine_snapshot_cpus(const struct machine *machine)
{
	static const char *const parts[] = { "sys", "proc", "run/systemd", "run/fake" };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	/* What was asked for is not what there is. */
	(void)fake_manager_log(&machine->host);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *part = snapshot_take(machine->scratch.fd, parts[i]);

		(void)fputs(part, stream);
		free(part);
	}
	(void)fclose(stream);
	return text;
}

const char *machine_line(const struct machine *machine, const char *path)
{
	static char line[256];
	char *text = get_text(machine->scratch.fd, path);

	(void)snprintf(line, sizeof(line), "%s", text ? text : "none");
	line[strcspn(line, "\n")] = '\0';
	free(text);
	return line;
}
