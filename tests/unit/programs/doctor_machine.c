// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff doctor`, of the host itself: machines that are as they should be, and those that are not; every record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/doctor.h"

/* One with IOMMU groups, and one without. */
#define ON  "am4-2400g-gtx1660"
#define OFF "laptop-gtx970m-muxless"

#define TABLES  "sys/firmware/acpi/tables/"
#define RELEASE "6.1.0-42-amd64"
#define MODULES "usr/lib/modules/" RELEASE "/"
#define KERNEL  "proc/sys/kernel/osrelease"

static const char *records[RECORDS_MAX];

/* ---- processors ---- */

static void put_cpuinfo(int root, const char *vendor, const char *flags)
{
	put_text(root, "proc/cpuinfo", "processor\t: 0\nvendor_id\t: %s\nflags\t\t: fpu %s aes\n\nprocessor\t: 1\n",
		vendor, flags);
}

static void put_intel(int root)
{
	put_cpuinfo(root, "GenuineIntel", "vmx");
	put_text(root, "dev/kvm", "%s", "");
	put_text(root, "sys/module/kvm_intel/parameters/nested", "Y\n");
}

static void put_intel_without(int root)
{
	put_cpuinfo(root, "GenuineIntel", "sse");
}

static void put_amd_without(int root)
{
	put_cpuinfo(root, "AuthenticAMD", "sse");
}

static void put_amd_off(int root)
{
	put_cpuinfo(root, "AuthenticAMD", "svm");
	put_directory(root, "dev");
	put_text(root, KERNEL, RELEASE "\n");
	put_text(root, MODULES "modules.dep", "kernel/arch/x86/kvm/kvm-amd.ko.xz: kernel/arch/x86/kvm/kvm.ko.xz\n");
}

static void put_amd_banned(int root)
{
	put_amd_off(root);
	put_text(root, "etc/modprobe.d/no-kvm.conf", "blacklist kvm-amd\n");
}

static void put_amd_no_module(int root)
{
	put_amd_off(root);
	put_text(root, MODULES "modules.dep", "kernel/fs/ext4/ext4.ko:\n");
}

static void put_guest(int root)
{
	put_cpuinfo(root, "GenuineIntel", "hypervisor");
	put_text(root, "sys/class/dmi/id/sys_vendor", "QEMU\n");
	put_directory(root, TABLES);
}

static void put_metal(int root)
{
	put_cpuinfo(root, "AuthenticAMD", "svm");
	put_text(root, "sys/class/dmi/id/sys_vendor", "Gigabyte Technology\n");
}

static void put_arm_guest(int root)
{
	put_text(root, "proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n");
	put_text(root, "sys/class/dmi/id/product_name", "KVM Virtual Machine\n");
}

static void put_xen(int root)
{
	put_cpuinfo(root, "GenuineIntel", "hypervisor");
	put_text(root, "proc/xen/capabilities", "control_d\n");
}

/* ---- who may open /dev/kvm ---- */

static void put_kvm_node(int root, unsigned int mode)
{
	put_text(root, "dev/kvm", "%s", "");
	ck_assert_int_eq(fchmodat(root, "dev/kvm", mode, 0), 0);
	put_text(root, "etc/group", "kvm:x:%u:\n", (unsigned int)getegid());
}

static void put_kvm_group(int root)
{
	put_kvm_node(root, 0660);
}

static void put_kvm_all(int root)
{
	put_kvm_node(root, 0666);
}

static void put_kvm_root(int root)
{
	put_kvm_node(root, 0600);
}

static void put_kvm_no_group(int root)
{
	put_kvm_node(root, 0660);
	put_text(root, "etc/group", "root:x:0:\n");
}

/* ---- IOMMUs ---- */

static void put_dmar_unit(int root)
{
	put_text(root, TABLES "DMAR", "%s", "");
	put_text(root, "sys/class/iommu/dmar0/intel-iommu/ecap", "f020df\n");
}

static void put_ivhd_unit(int root)
{
	put_text(root, TABLES "IVRS", "%s", "");
	put_text(root, "sys/class/iommu/ivhd0/amd-iommu/cap", "204\n");
}

static void put_smmu_unit(int root)
{
	put_text(root, TABLES "IORT", "%s", "");
	put_directory(root, "sys/class/iommu/smmu3.0x0000000009050000/devices");
}

static void put_no_table(int root)
{
	put_cpuinfo(root, "AuthenticAMD", "svm");
	put_directory(root, TABLES);
}

static void put_intel_no_table(int root)
{
	put_cpuinfo(root, "GenuineIntel", "vmx");
	put_directory(root, TABLES);
}

static void put_dmar(int root)
{
	put_text(root, TABLES "DMAR", "%s", "");
	put_directory(root, "sys/class/iommu");
	put_text(root, "proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=1 quiet -- intel_iommu=off\n");
}

static void put_dmar_off(int root)
{
	put_dmar(root);
	put_text(root, "proc/cmdline", "quiet intel-iommu=sm_on,off iommu=pt\n");
}

static void put_dmar_asked(int root)
{
	put_dmar(root);
	put_text(root, "proc/cmdline", "quiet intel_iommu=on\n");
}

/* The record has no command line. */
static void put_ivrs(int root)
{
	put_text(root, TABLES "IVRS", "%s", "");
}

static void put_ivrs_off(int root)
{
	put_text(root, TABLES "IVRS", "%s", "");
	put_text(root, "proc/cmdline", "iommu=off\n");
}

static void put_iort(int root)
{
	put_text(root, TABLES "IORT", "%s", "");
}

static void put_unit_alone(int root)
{
	put_dmar_unit(root);
}

/* ---- interrupts ---- */

static void put_remapped(int root)
{
	put_dmar_unit(root);
	put_text(root, "sys/kernel/irq/0/chip_name", "IR-IO-APIC\n");
	put_text(root, "sys/kernel/irq/24/chip_name", "DMAR-MSI\n");
}

static void put_not_remapped(int root)
{
	put_dmar_unit(root);
	put_text(root, "sys/kernel/irq/0/chip_name", "IO-APIC\n");
	put_text(root, "sys/kernel/irq/24/chip_name", "PCI-MSI-0000:00:1f.2\n");
}

static void put_not_remapped_off(int root)
{
	put_not_remapped(root);
	put_text(root, "proc/cmdline", "nointremap\n");
}

static void put_cannot_remap(int root)
{
	put_not_remapped(root);
	put_text(root, "sys/class/iommu/dmar1/intel-iommu/ecap", "f020d7\n");
}

static void put_unsafe(int root)
{
	put_not_remapped(root);
	put_text(root, "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "Y\n");
}

/* ---- groups ---- */

/* Those of the machine, all of one type. */
static void put_types(int root, const char *type)
{
	for (int i = 0; i < 64; i++) {
		char path[64], *text;

		(void)snprintf(path, sizeof(path), "sys/kernel/iommu_groups/%d/type", i);
		text = get_text(root, path);
		if (text)
			put_text(root, path, "%s\n", type);
		free(text);
	}
}

static void put_identity(int root)
{
	put_types(root, "identity");
}

static void put_lazy(int root)
{
	put_types(root, "DMA-FQ");
}

static void put_strict(int root)
{
	put_types(root, "DMA");
	put_text(root, KERNEL, RELEASE "\n");
}

/* ---- modules ---- */

static void put_vfio(int root)
{
	put_text(root, KERNEL, RELEASE "\n");
	put_text(root, MODULES "modules.builtin", "kernel/drivers/vfio/vfio_iommu_type1.ko\n");
	put_text(root, MODULES "modules.dep",
		"kernel/drivers/vfio/pci/vfio-pci.ko.zst: kernel/drivers/vfio/pci/vfio-pci-core.ko.zst\n");
}

static void put_vfio_loaded(int root)
{
	put_directory(root, "sys/module/vfio_pci");
}

static void put_vfio_banned(int root)
{
	put_vfio(root);
	put_text(root, "usr/lib/modprobe.d/hardening.conf", "install vfio_pci /bin/false\n");
}

static void put_vfio_banned_at_boot(int root)
{
	put_vfio(root);
	put_text(root, "proc/cmdline", "quiet modprobe.blacklist=nouveau,vfio-pci\n");
}

static void put_no_vfio(int root)
{
	put_text(root, KERNEL, RELEASE "\n");
	put_text(root, MODULES "modules.dep", "kernel/fs/ext4/ext4.ko:\n");
}

/* ---- lockdown ---- */

static void put_secure(int root)
{
	static const char on[] = { 6, 0, 0, 0, 1 };

	put_bytes(root, "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", on, sizeof(on));
	put_text(root, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
}

static void put_driverless_secure(int root)
{
	put_secure(root);
	remove_all(root, "sys/bus/pci/devices/0000:10:00.0/driver");
}

static void put_open(int root)
{
	put_text(root, "sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
}

static void put_no_lockdown(int root)
{
	put_text(root, "sys/kernel/security/lsm", "capability,yama");
}

/* ---- memory ---- */

static void put_memory(int root, const char *blocks)
{
	static const char node[] = "sys/devices/system/node/node0/";
	static const char *const counts[][2] = { { "nr_hugepages", "8" }, { "free_hugepages", "3" },
		{ "surplus_hugepages", "0" } };
	char path[128];

	(void)snprintf(path, sizeof(path), "%smeminfo", node);
	/* 16 GiB of 32 are free. */
	put_text(root, path, "Node 0 MemTotal:       33554432 kB\nNode 0 MemFree:        16777216 kB\n");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		(void)snprintf(path, sizeof(path), "%shugepages/hugepages-2048kB/%s", node, counts[i][0]);
		put_text(root, path, "%s\n", counts[i][1]);
	}
	put_text(root, "proc/buddyinfo", "%s", blocks);
}

/* 4194304 pages: in blocks of 4 MiB, or of single pages but for 512 MiB. */
static void put_whole(int root)
{
	put_memory(root,
		"Node 0, zone   Normal      0      0      0      0      0      0      0      0      0      0   4096 \n"
		"Node 1, zone   Normal      9      0      0      0      0      0      0      0      0      0      0 "
		"\n");
}

static void put_fragmented(int root)
{
	put_memory(root,
		"Node 0, zone    DMA32      0      0      0      0      0      0      0      0      0      0    128 \n"
		"Node 0, zone   Normal 4063232      0      0      0      0      0      0      0      0      0      0 "
		"\n");
}

/* ---- systemd, and what is installed ---- */

static void put_new(int root)
{
	put_text(root, "usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so", "%s", "");
	put_text(root, "sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
}

static void put_old(int root)
{
	put_text(root, "usr/lib/systemd/libsystemd-shared-237.so", "%s", "");
	put_directory(root, "sys/fs/cgroup/cpuset");
	put_directory(root, "sys/fs/cgroup/unified");
}

static void put_no_cpuset(int root)
{
	put_text(root, "sys/fs/cgroup/cgroup.controllers", "cpu io memory pids\n");
}

static void put_installed(int root)
{
	put_text(root, "usr/lib/udev/rules.d/60-gpu-handoff.rules", "# licence\n# gpu-handoff " VERSION "\n# What\n");
	put_text(root, "usr/lib/udev/rules.d/72-gpu-handoff.rules", "# licence\n# gpu-handoff 0.0.9\n# What\n");
	put_text(root, "usr/lib/systemd/system/gpu-handoff-recover.service", "[Unit]\n");
	put_link(root, "usr/lib/systemd/system/libvirtd.service.wants/gpu-handoff-recover.service",
		"usr/lib/systemd/system/gpu-handoff-recover.service");
}

static void put_hidden(int root)
{
	put_installed(root);
	put_text(root, "etc/udev/rules.d/60-gpu-handoff.rules", "%s", "");
	put_link(root, "etc/systemd/system/gpu-handoff-recover.service", "dev/null");
}

static void put_not_installed(int root)
{
	put_directory(root, "usr/lib/udev/rules.d");
	put_text(root, "usr/lib/systemd/system/gpu-handoff-recover.service", "[Unit]\n");
}

static void put_as_recorded(int root)
{
	(void)root;
}

/* A disk in a domain that only a VMD makes, which itself is not in the record; and the bridge above it. */
static void put_behind(int root)
{
	static const char *const devices[][2] = { { "10000:e0:06.0", "0x060400" }, { "10000:e1:00.0", "0x010802" } };
	char path[128];

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/class", devices[i][0]);
		put_text(root, path, "%s\n", devices[i][1]);
	}
}

/* ---- what is found ---- */

#define TYPE1 "vfio_iommu_type1"

static const struct doctor_row hosts[] = {
	{ "a guest", OFF, NULL, put_guest, "machine", "warn", "machine", "a virtual machine (QEMU)", "below it" },
	{ "a guest on ARM", OFF, NULL, put_arm_guest, "machine", "warn", "machine", "a virtual machine", "below it" },
	{ "metal", ON, NULL, put_metal, "machine", "pass", "machine", "no virtual machine (Gigabyte", NULL },
	{ "Xen", ON, NULL, put_xen, "machine", "fail", "machine", "below Xen", "without Xen" },

	{ "VT-x", ON, NULL, put_intel, "virtualization", "pass", "virtualization", "VMs may have VMs of their own",
		NULL },
	{ "no VT-x", ON, NULL, put_intel_without, "virtualization", "fail", "virtualization", "neither vmx nor svm",
		"'Intel Virtualization Technology'" },
	{ "no SVM", ON, NULL, put_amd_without, "virtualization", "fail", "virtualization", "neither vmx nor svm",
		"'SVM Mode'" },
	{ "no nesting", OFF, NULL, put_guest, "virtualization", "fail", "virtualization", "is a virtual machine",
		"nested" },
	{ "SVM off", ON, NULL, put_amd_off, "virtualization", "fail", "virtualization", "the processor has svm",
		"run 'modprobe kvm_amd' as root; where that fails, turn on 'SVM Mode'" },
	{ "KVM kept off", ON, NULL, put_amd_banned, "virtualization", "fail", "virtualization",
		"/etc/modprobe.d/no-kvm.conf keeps kvm_amd", "take kvm_amd out" },
	{ "no KVM", ON, NULL, put_amd_no_module, "virtualization", "fail", "virtualization", "no module kvm_amd",
		"boot a kernel" },

	{ "of the group", ON, NULL, put_kvm_group, "kvm", "pass", "/dev/kvm", "group kvm may", NULL },
	{ "of all", ON, NULL, put_kvm_all, "kvm", "pass", "/dev/kvm", "everybody", NULL },
	{ "of root", ON, NULL, put_kvm_root, "kvm", "fail", "/dev/kvm", "with mode 0600", "udevadm trigger /dev/kvm" },
	{ "of no group", ON, NULL, put_kvm_no_group, "kvm", "fail", "/dev/kvm", "no group kvm", "groupadd" },

	{ "groups", ON, NULL, put_as_recorded, "iommu", "pass", "IOMMU", "it is on, with ", NULL },
	{ "Intel", ON, NULL, put_dmar_unit, "iommu", "pass", "IOMMU", "Intel VT-d is on", NULL },
	{ "AMD", ON, NULL, put_ivhd_unit, "iommu", "pass", "IOMMU", "AMD-Vi is on", NULL },
	{ "ARM", ON, NULL, put_smmu_unit, "iommu", "pass", "IOMMU", "ARM's SMMU is on", NULL },
	{ "no groups", OFF, NULL, put_as_recorded, "iommu", "fail", "IOMMU", "not one IOMMU group", "VT-d (Intel)" },
	{ "AMD off in firmware", OFF, NULL, put_no_table, "iommu", "fail", "IOMMU", "the firmware has it off",
		"turn on 'IOMMU' or 'AMD-Vi'" },
	{ "Intel off in firmware", OFF, NULL, put_intel_no_table, "iommu", "fail", "IOMMU", "the firmware has it off",
		"turn on 'VT-d'" },
	{ "a guest without", OFF, NULL, put_guest, "iommu", "fail", "IOMMU", "is a virtual machine", "<iommu model=" },
	{ "Intel not turned on", OFF, NULL, put_dmar, "iommu", "fail", "IOMMU", "is not on the command line",
		"gpu-handoff setup" },
	{ "Intel turned off", OFF, NULL, put_dmar_off, "iommu", "fail", "IOMMU", "by 'intel_iommu=off'",
		"take intel_iommu=off out" },
	{ "Intel of no use", OFF, NULL, put_dmar_asked, "iommu", "fail", "IOMMU", "the kernel does not use it",
		"journalctl" },
	{ "AMD of no use", OFF, NULL, put_ivrs, "iommu", "fail", "IOMMU", "AMD-Vi (table IVRS)", "gpu-handoff setup" },
	{ "AMD turned off", OFF, NULL, put_ivrs_off, "iommu", "fail", "IOMMU", "by 'iommu=off'", "gpu-handoff setup" },
	{ "ARM off", OFF, NULL, put_iort, "iommu", "fail", "IOMMU", "a table IORT", "CONFIG_ARM_SMMU_V3" },
	{ "a unit without groups", OFF, NULL, put_unit_alone, "iommu", "fail", "IOMMU", "uses 1 of its units",
		"journalctl" },

	{ "remapped", ON, NULL, put_remapped, "remapping", "pass", "interrupt remapping", "it is on", NULL },
	{ "not remapped", ON, NULL, put_not_remapped, "remapping", "fail", "interrupt remapping", "it is off: VFIO",
		"x2APIC in the firmware's setup" },
	{ "turned off", ON, NULL, put_not_remapped_off, "remapping", "fail", "interrupt remapping", "by 'nointremap'",
		"take nointremap out" },
	{ "cannot", ON, NULL, put_cannot_remap, "remapping", "fail", "interrupt remapping", "cannot do it",
		"allow_unsafe_interrupts=1" },
	{ "unsafe", ON, NULL, put_unsafe, "remapping", "warn", "interrupt remapping", "lets VFIO do without", "trust" },

	{ "identity", ON, NULL, put_identity, "passthrough", "pass", "IOMMU passthrough", "it is on for", NULL },
	{ "lazy", ON, NULL, put_lazy, "passthrough", "pass", "IOMMU passthrough", "clean up later", NULL },
	{ "strict", ON, NULL, put_strict, "passthrough", "warn", "IOMMU passthrough", "strict DMA", "iommu=pt" },

	{ "loadable", ON, NULL, put_vfio, "vfio", "pass", "vfio-pci", "when a VM wants it", NULL },
	{ "built in", ON, NULL, put_vfio, "vfio", "pass", TYPE1, "built into", NULL },
	{ "not there", ON, NULL, put_vfio, "vfio", "pass", "iommufd", "no such module", NULL },
	{ "loaded", ON, NULL, put_vfio_loaded, "vfio", "pass", "vfio-pci", "the kernel has it", NULL },
	{ "kept off", ON, NULL, put_vfio_banned, "vfio", "fail", "vfio-pci", "/usr/lib/modprobe.d/hardening.conf keeps",
		"take vfio-pci out" },
	{ "kept off at boot", ON, NULL, put_vfio_banned_at_boot, "vfio", "fail", "vfio-pci",
		"the kernel's command line keeps", "take vfio-pci out" },
	{ "no driver", ON, NULL, put_no_vfio, "vfio", "fail", "vfio-pci", "no such module", "boot a kernel" },
	{ "no container", ON, NULL, put_no_vfio, "vfio", "warn", TYPE1, "unless they ask for iommufd",
		"boot a kernel" },

	{ "open", ON, NULL, put_open, "lockdown", "pass", "lockdown", "not locked down", NULL },
	{ "no lockdown", ON, NULL, put_no_lockdown, "lockdown", "pass", "lockdown", "not locked down", NULL },
	{ "locked", ON, NULL, put_secure, "lockdown", "pass", "lockdown", "(integrity); secure boot is on", NULL },
	{ "locked out", ON, NULL, put_driverless_secure, "lockdown", "warn", "lockdown", "0000:10:00.0 has no driver",
		"mokutil --import" },

	{ "pages", ON, NULL, put_whole, "hugepages", "pass", "huge pages of node 0",
		"8 pages of 2 MiB, 3 of them free; of 32768 MiB of memory 16384 MiB are free, 16384 MiB", NULL },
	{ "no whole pages", ON, NULL, put_fragmented, "hugepages", "warn", "huge pages of node 0",
		"of 16384 MiB free 512 MiB could become pages of 2 MiB", "compact_memory" },

	{ "systemd", ON, NULL, put_new, "systemd", "pass", "systemd", "it is 252", NULL },
	{ "version 2", ON, NULL, put_new, "systemd", "pass", "control groups", "of version 2", NULL },
	{ "old systemd", ON, NULL, put_old, "systemd", "warn", "systemd", "it is 237", "244" },
	{ "version 1", ON, NULL, put_old, "systemd", "warn", "control groups", "of version 1",
		"systemd.unified_cgroup_hierarchy=1" },
	{ "no cpuset", ON, NULL, put_no_cpuset, "systemd", "warn", "control groups", "cpuset is not among",
		"CONFIG_CPUSETS" },

	{ "installed", ON, NULL, put_installed, "installed", "pass", "60-gpu-handoff.rules", "of this version", NULL },
	{ "outdated", ON, NULL, put_installed, "installed", "fail", "72-gpu-handoff.rules", "not of this version",
		"udevadm control --reload" },
	{ "recovery", ON, NULL, put_installed, "installed", "pass", "gpu-handoff-recover.service", "is started", NULL },
	{ "hidden", ON, NULL, put_hidden, "installed", "warn", "60-gpu-handoff.rules", "in the place of ours",
		"take /etc/udev/rules.d/60-gpu-handoff.rules away" },
	{ "masked", ON, NULL, put_hidden, "installed", "fail", "gpu-handoff-recover.service", "masked", "unmask" },
	{ "no rules", ON, NULL, put_not_installed, "installed", "fail", "60-gpu-handoff.rules", "it is not in",
		"make install" },
	{ "no link", ON, NULL, put_not_installed, "installed", "fail", "gpu-handoff-recover.service", "not started",
		"make install" },

	{ "VMD", "laptop-vmd-domain10000-groups", NULL, put_as_recorded, "vmd", "pass", "0000:00:0e.0",
		"an Intel VMD: NVMe disks behind it", NULL },
	{ "behind a VMD", ON, NULL, put_behind, "vmd", "pass", "VMD", "1 functions are behind", NULL },
};

START_TEST(test_host)
{
	doctor_row_check(&hosts[_i]);
}
END_TEST

/* ---- every record ---- */

/* How often a check has found something with this result and, unless it is NULL, these words in its reason. */
static unsigned int count(json_object *findings, const char *check, const char *result, const char *words)
{
	unsigned int n = 0;

	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		json_object *finding = json_object_array_get_idx(findings, i);

		n += strcmp(record_text(finding, "check"), check) == 0 &&
		     strcmp(record_text(finding, "result"), result) == 0 &&
		     (!words || strstr(record_text(finding, "reason"), words));
	}
	return n;
}

/* By what the record itself says. */
static bool is_vmd(json_object *device)
{
	const char *driver = record_text(device, "driver"), *said = record_text(device, "description");

	return (driver && strcmp(driver, "vmd") == 0) || (said && strstr(said, "Volume Management Device"));
}

static bool is_behind_vmd(json_object *device)
{
	return strcspn(record_text(device, "address"), ":") > 4;
}

/* What these checks find of a record is in the record: groups and VMD; of all else it has no file. */
START_TEST(test_record)
{
	static const char *const silent[] = { "machine", "virtualization", "kvm", "remapping", "vfio", "lockdown",
		"systemd", "installed" };
	json_object *record = record_load(records[_i]), *devices = json_object_object_get(record, "devices"), *findings;
	unsigned int n_groups = 0, n_vmds = 0, n_behind = 0;
	struct scratch scratch;
	int status;
	char *text;

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		json_object *device = json_object_array_get_idx(devices, i);

		n_groups += json_object_object_get(device, "iommu_group") != NULL;
		n_vmds += is_vmd(device);
		n_behind += is_behind_vmd(device);
	}
	program_host(&scratch, records[_i], 0);
	text = program_run(&status, "gpu-handoff doctor --json --sysroot %s", scratch.path);
	ck_assert_msg(status <= 1, "%s: %s", records[_i], text);
	findings = doctor_parse(text, status);
	ck_assert_uint_eq(count(findings, "iommu", "fail", "no IOMMU"), n_groups == 0);
	ck_assert_uint_eq(count(findings, "iommu", "pass", NULL), n_groups != 0);
	ck_assert_uint_eq(count(findings, "vmd", "pass", "Intel VMD"), n_vmds ? n_vmds : n_behind != 0);
	for (int i = 0; i < COUNT(silent); i++) {
		ck_assert_uint_eq(count(findings, silent[i], "pass", NULL), 0);
		ck_assert_uint_eq(count(findings, silent[i], "warn", NULL), 0);
		ck_assert_uint_eq(count(findings, silent[i], "fail", NULL), 0);
	}
	json_object_put(findings);
	json_object_put(record);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_doctor_machine(void)
{
	TCase *tcase = suite_case("doctor_machine");

	add_rows(tcase, test_host, hosts);
	tcase_add_loop_test(tcase, test_record, 0, (int)record_names(records));
	return tcase;
}
