// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: firmware announces an IOMMU, the kernel uses it, and there are groups of it. */
#include <string.h>

#include "cli/doctor/doctor.h"
#include "probe/cpuinfo.h"
#include "probe/iommu.h"
#include "probe/parameter.h"

#define SUBJECT "IOMMU"
#define SETUP   "run 'gpu-handoff setup' as root, and reboot"

#define INTEL "'VT-d', on some boards 'Intel VT for Directed I/O',"
#define AMD   "'IOMMU' or 'AMD-Vi', on many boards below 'AMD CBS' and 'NBIO',"
#define ANY   "VT-d (Intel), IOMMU or AMD-Vi (AMD), SMMU (ARM)"

static void report_on(struct doctor *doctor, const struct iommus *iommus)
{
	const unsigned int *n = iommus->n_units;

	doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "%s, with %u groups",
		n[IOMMU_DMAR]   ? "Intel VT-d is on"
		: n[IOMMU_IVHD] ? "AMD-Vi is on"
		: n[IOMMU_SMMU] ? "ARM's SMMU is on"
				: "it is on",
		iommus->n_groups);
}

/* The firmware announces none, or what it announces is not told. */
static void report_firmware(struct doctor *doctor, const struct iommus *iommus)
{
	struct cpuinfo cpuinfo = { .maker = CPU_OTHER };
	const char *setting;

	(void)cpuinfo_probe(doctor->host, &cpuinfo);
	setting = cpuinfo.maker == CPU_INTEL ? INTEL : cpuinfo.maker == CPU_AMD ? AMD : ANY;
	if (cpuinfo.hypervisor)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"have its hypervisor give it a virtual IOMMU (libvirt: <iommu model='intel'> with "
			"intremap and caching_mode, or model='virtio')",
			"no IOMMU: this host is a virtual machine, and has none");
	else if (iommus->has_acpi)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			finding_text("turn on %s in the firmware's setup, then " SETUP, setting).s,
			"no IOMMU: the firmware has it off, or the board has none: of its tables there is no DMAR, "
			"IVRS or IORT");
	else
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			finding_text("turn on %s in the firmware's setup, then " SETUP, setting).s,
			"no IOMMU: there is not one IOMMU group, so no VM can have a card; the host does not tell "
			"whether firmware or kernel has it off");
}

/* The parameter that turns it off, of these; NULL for none. */
static const char *find_off(const char *parameters, const struct iommus *iommus)
{
	if (iommus->has_dmar && parameters_have(parameters, "intel_iommu", "off"))
		return "intel_iommu=off";
	if (iommus->has_ivrs && parameters_have(parameters, "amd_iommu", "off"))
		return "amd_iommu=off";
	return (iommus->has_dmar || iommus->has_ivrs) && parameters_have(parameters, "iommu", "off") ? "iommu=off"
												     : NULL;
}

/* The firmware announces VT-d or AMD-Vi. parameters are NULL where the host does not tell. */
static void report_kernel(struct doctor *doctor, const struct iommus *iommus, const char *parameters)
{
	const char *off = parameters ? find_off(parameters, iommus) : NULL;

	if (off)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			finding_text("take %s out of the boot loader's configuration, then " SETUP, off).s,
			"no IOMMU: the kernel has it off, by '%s' on its command line", off);
	else if (parameters && iommus->has_dmar && !parameters_have(parameters, "intel_iommu", "on"))
		doctor_report(doctor, FINDING_FAIL, SUBJECT, SETUP "; it adds intel_iommu=on",
			"no IOMMU: the kernel has it off: the firmware announces VT-d (table DMAR), and "
			"intel_iommu=on, which most kernels want, is not on the command line");
	else
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			SETUP "; if it is asked for already, look into 'journalctl -k -g \"DMAR|AMD-Vi|IOMMU\"': the "
			      "kernel needs CONFIG_INTEL_IOMMU or CONFIG_AMD_IOMMU, and a newer firmware may help",
			"no IOMMU: the kernel does not use it, though the firmware announces %s",
			iommus->has_dmar ? "VT-d (table DMAR)" : "AMD-Vi (table IVRS)");
}

/* That table has interrupt controllers as well, so it alone is no proof of an SMMU. */
static void report_iort(struct doctor *doctor)
{
	doctor_report(doctor, FINDING_FAIL, SUBJECT,
		"turn on SMMU in the firmware's setup; the kernel needs CONFIG_ARM_SMMU_V3 or CONFIG_ARM_SMMU",
		"no IOMMU: the firmware has a table IORT, but announces no SMMU there, or the kernel has no driver for "
		"it");
}

/* Not one group. */
static void report_none(struct doctor *doctor, const struct iommus *iommus)
{
	static char parameters[PARAMETERS_SIZE];
	unsigned int n_units = 0;

	for (enum iommu_kind kind = IOMMU_DMAR; kind < IOMMU_KINDS_; kind++)
		n_units += iommus->n_units[kind];
	if (n_units)
		doctor_report(doctor, FINDING_FAIL, SUBJECT, "look into 'journalctl -k -g \"DMAR|AMD-Vi|IOMMU|smmu\"'",
			"no IOMMU groups: the kernel uses %u of its units, and no device is behind one", n_units);
	else if (iommus->has_dmar || iommus->has_ivrs)
		report_kernel(doctor, iommus, parameters_probe(doctor->host, parameters) < 0 ? NULL : parameters);
	else if (iommus->has_iort)
		report_iort(doctor);
	else
		report_firmware(doctor, iommus);
}

static void look_iommu(struct doctor *doctor)
{
	struct iommus iommus;
	int r = iommus_probe(doctor->host, &iommus);

	if (r < 0)
		doctor_report(doctor, FINDING_WARN, SUBJECT, "run it as root", "it cannot be listed: %s", strerror(-r));
	else if (iommus.n_groups)
		report_on(doctor, &iommus);
	else if (!doctor->recorded || iommus.has_groups)
		report_none(doctor, &iommus);
}

const struct check check_iommu = { .name = "iommu", .look = look_iommu };
