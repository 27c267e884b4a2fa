// SPDX-License-Identifier: GPL-2.0-or-later
/* What doctor reads of the machine: processor, command line, firmware, systemd. */
#include <errno.h>

#include "probe/cpuinfo.h"
#include "probe/init.h"
#include "probe/lockdown.h"
#include "probe/parameter.h"
#include "probe/virtual.h"
#include "probe/vmd.h"
#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

static const struct {
	const char *text;
	struct cpuinfo cpuinfo;
} processors[] = {
	{ "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vmx aes\nvmx flags\t: vnmi\n",
		{ CPU_INTEL, true, true, false, false } },
	{ "vendor_id\t: AuthenticAMD\nflags\t\t: fpu svm\n", { CPU_AMD, true, false, true, false } },
	{ "vendor_id\t: HygonGenuine\nflags\t\t: svm_lock hypervisor\n", { CPU_AMD, true, false, false, true } },
	/* Only the first processor is read. */
	{ "vendor_id\t: CentaurHauls\nflags\t\t: fpu\n\nprocessor\t: 1\nflags\t\t: vmx\n",
		{ CPU_OTHER, true, false, false, false } },
	/* ARM has other words, and so has POWER. */
	{ "processor\t: 0\nFeatures\t: fp asimd vmx\nCPU implementer\t: 0x41\n",
		{ CPU_OTHER, false, false, false, false } },
	{ "flags\nflagsx\t: vmx\nvmx flags: svm\n", { CPU_OTHER, false, false, false, false } },
	{ "", { CPU_OTHER, false, false, false, false } },
};

START_TEST(test_cpuinfo)
{
	const struct cpuinfo *wanted = &processors[_i].cpuinfo;
	struct cpuinfo cpuinfo;

	cpuinfo_parse(processors[_i].text, &cpuinfo);
	ck_assert_int_eq(cpuinfo.maker, wanted->maker);
	ck_assert_int_eq(cpuinfo.has_flags, wanted->has_flags);
	ck_assert_int_eq(cpuinfo.vmx, wanted->vmx);
	ck_assert_int_eq(cpuinfo.svm, wanted->svm);
	ck_assert_int_eq(cpuinfo.hypervisor, wanted->hypervisor);
}
END_TEST

/* One of hundreds of processors is longer than what is read of it. */
START_TEST(test_cpuinfo_long)
{
	struct scratch scratch;
	struct cpuinfo cpuinfo;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_text(scratch.fd, "proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: vmx\n%0100000d", 0);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(cpuinfo_probe(&host, &cpuinfo), 0);
	ck_assert(cpuinfo.vmx && cpuinfo.maker == CPU_INTEL);
	remove_all(scratch.fd, "proc/cpuinfo");
	ck_assert_int_eq(cpuinfo_probe(&host, &cpuinfo), -ENOENT);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

static const struct {
	const char *text, *name, *word;
	bool has;
} parameters[] = {
	{ "quiet intel_iommu=on", "intel_iommu", "on", true },
	{ "intel_iommu=on,sm_on iommu=pt", "intel_iommu", "sm_on", true },
	{ "intel_iommu=on,sm_on iommu=pt", "intel_iommu", "sm", false },
	{ "intel-iommu=off", "intel_iommu", "off", true },
	{ "nointremap", "nointremap", NULL, true },
	{ "nointremap=1", "nointremap", NULL, true },
	{ "nointremap", "nointremap", "on", false },
	{ "xintel_iommu=on intel_iommux=on", "intel_iommu", "on", false },
	{ "modprobe.blacklist=a,vfio-pci", "modprobe.blacklist", "vfio_pci", true },
	{ "x=\"a intel_iommu=on b\" y", "intel_iommu", "on", false },
	{ "iommu=\"pt,off\"", "iommu", "off", true },
	{ "quiet -- intel_iommu=on", "intel_iommu", "on", false },
	{ "quiet --x intel_iommu=on", "intel_iommu", "on", true },
	{ "intel_iommu=igfx_off\tintel_iommu=on\n", "intel_iommu", "on", true },
	{ "iommu=\"", "iommu", "off", false },
	{ "iommu=", "iommu", "", true },
	{ "  ", "iommu", NULL, false },
};

START_TEST(test_parameter)
{
	ck_assert_int_eq(
		parameters_have(parameters[_i].text, parameters[_i].name, parameters[_i].word), parameters[_i].has);
}
END_TEST

START_TEST(test_lockdown)
{
	enum lockdown lockdown = LOCKDOWN_NONE;

	ck_assert_int_eq(lockdown_parse("none integrity [confidentiality]", &lockdown), 0);
	ck_assert_int_eq(lockdown, LOCKDOWN_CONFIDENTIALITY);
	ck_assert_int_eq(lockdown_parse("none [integrity] confidentiality", &lockdown), 0);
	ck_assert_int_eq(lockdown, LOCKDOWN_INTEGRITY);
	ck_assert_int_eq(lockdown_parse("none integrity", &lockdown), -EINVAL);
	ck_assert_int_eq(lockdown, LOCKDOWN_INTEGRITY);
}
END_TEST

/* Four bytes of attributes and one of value: any other length is no such variable. */
START_TEST(test_secure_boot)
{
	static const char path[] = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	static const char value[] = { 6, 0, 0, 0, 1, 1 };
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_bytes(scratch.fd, path, value, 5);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(secure_boot_probe(&host), 1);
	put_bytes(scratch.fd, path, "\6\0\0\0\0", 5);
	ck_assert_int_eq(secure_boot_probe(&host), 0);
	put_bytes(scratch.fd, path, value, 6);
	ck_assert_int_eq(secure_boot_probe(&host), -ENOENT);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

static const struct {
	const char *vendor, *product;
	bool is_virtual;
} names[] = {
	{ "QEMU", "Standard PC (Q35 + ICH9, 2009)", true },
	{ "Red Hat", "KVM", true },
	{ "Microsoft Corporation", "Virtual Machine", true },
	{ "Microsoft Corporation", "Surface Pro", false },
	{ "Amazon EC2", "c5.metal", false },
	{ "Dell Inc.", "PowerEdge R740", false },
	{ "", "", false },
};

START_TEST(test_name)
{
	ck_assert_int_eq(virtual_is_name(names[_i].vendor, names[_i].product), names[_i].is_virtual);
}
END_TEST

/* On x86 the processor has the last word; without it, and without names, nothing is known. */
START_TEST(test_virtual)
{
	struct cpuinfo metal = { .has_flags = true }, guest = { .has_flags = true, .hypervisor = true }, arm = { 0 };
	char name[VIRTUAL_NAME_SIZE];
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(virtual_probe(&host, NULL, name), -ENODATA);
	ck_assert_int_eq(virtual_probe(&host, &arm, name), -ENODATA);
	put_directory(scratch.fd, "sys/firmware/devicetree/base");
	ck_assert_int_eq(virtual_probe(&host, &arm, name), 0);
	put_directory(scratch.fd, "sys/firmware/devicetree/base/hypervisor");
	ck_assert_int_eq(virtual_probe(&host, &arm, name), 1);
	put_text(scratch.fd, "sys/class/dmi/id/sys_vendor", "QEMU\n");
	ck_assert_int_eq(virtual_probe(&host, &metal, name), 0);
	ck_assert_int_eq(virtual_probe(&host, &guest, name), 1);
	ck_assert_str_eq(name, "QEMU");
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

START_TEST(test_systemd)
{
	ck_assert_uint_eq(systemd_parse_library("libsystemd-shared-252.so"), 252);
	ck_assert_uint_eq(systemd_parse_library("libsystemd-shared-256.5-1.fc41.so"), 256);
	ck_assert_uint_eq(systemd_parse_library("libsystemd-shared-.so"), 0);
	ck_assert_uint_eq(systemd_parse_library("libsystemd-shared-252"), 0);
	ck_assert_uint_eq(systemd_parse_library("libsystemd-core-252.so"), 0);
	ck_assert_uint_eq(systemd_parse_library("libsystemd-shared-99999999999.so"), 0);
}
END_TEST

START_TEST(test_vmd_ids)
{
	ck_assert(vmd_has_ids(0x8086, 0x467f));
	/* Intel's RAID of SATA disks, which hides nothing; and somebody else's. */
	ck_assert(!vmd_has_ids(0x8086, 0x282a));
	ck_assert(!vmd_has_ids(0x10de, 0x467f));
}
END_TEST

TCase *case_machine(void)
{
	TCase *tcase = suite_case("machine");

	add_rows(tcase, test_cpuinfo, processors);
	tcase_add_test(tcase, test_cpuinfo_long);
	add_rows(tcase, test_parameter, parameters);
	tcase_add_test(tcase, test_lockdown);
	tcase_add_test(tcase, test_secure_boot);
	add_rows(tcase, test_name, names);
	tcase_add_test(tcase, test_virtual);
	tcase_add_test(tcase, test_systemd);
	tcase_add_test(tcase, test_vmd_ids);
	return tcase;
}
