// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: VFIO is in the running kernel, or can be loaded, and nothing keeps modprobe from it. */
#include <errno.h>
#include <string.h>

#include "cli/doctor/doctor.h"
#include "probe/module.h"

#define DEADLINE_MS 30000

struct wanted {
	const char *name, *why; /* why: what does not work without it */
	bool needed;
};

/*
 * QEMU opens a card by its group, which is vfio_iommu_type1's, unless the domain asks for iommufd. POWER has
 * vfio_iommu_spapr_tce in its place.
 */
static const struct wanted modules[] = {
	{ "vfio-pci", "it is the driver that a VM's card has", true },
	{ "vfio_iommu_type1", "VMs get their cards through it, unless they ask for iommufd", false },
	{ "iommufd", "only VMs that ask for it need it", false },
};

static void report_absent(struct doctor *doctor, const struct wanted *wanted)
{
	bool is_missing = wanted->needed;

	if (strcmp(wanted->name, "iommufd") == 0)
		doctor_report(doctor, FINDING_PASS, wanted->name, NULL, "the running kernel has no such module; %s",
			wanted->why);
	else
		doctor_report(doctor, is_missing ? FINDING_FAIL : FINDING_WARN, wanted->name,
			"boot a kernel that has it; some distributions have modules in a package of their own, and "
			"after "
			"an upgrade of the kernel the host wants a reboot",
			"the running kernel has no such module; %s", wanted->why);
}

static void report_loadable(struct doctor *doctor, const struct wanted *wanted)
{
	char where[256];
	int r = module_find_ban(doctor->host, wanted->name, where, sizeof(where));

	if (r > 0)
		doctor_report(doctor, wanted->needed ? FINDING_FAIL : FINDING_WARN, wanted->name,
			finding_text("take %s out of it", wanted->name).s, "%s keeps it from being loaded; %s", where,
			wanted->why);
	else if (r < 0)
		doctor_report(doctor, FINDING_WARN, wanted->name, "run it as root",
			"whether something keeps it from being loaded cannot be told: %s", strerror(-r));
	else
		doctor_report(doctor, FINDING_PASS, wanted->name, NULL, "it is loaded when a VM wants it");
}

static void look_vfio(struct doctor *doctor)
{
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		const struct wanted *wanted = &modules[i];

		switch (module_probe(doctor->host, wanted->name)) {
		case MODULE_LOADED:
			doctor_report(doctor, FINDING_PASS, wanted->name, NULL, "the kernel has it");
			break;
		case MODULE_BUILT_IN:
			doctor_report(doctor, FINDING_PASS, wanted->name, NULL, "it is built into the kernel");
			break;
		case MODULE_LOADABLE:
			report_loadable(doctor, wanted);
			break;
		case MODULE_ABSENT:
			report_absent(doctor, wanted);
			break;
		case MODULE_UNKNOWN:
			if (!doctor->recorded && wanted->needed)
				doctor_report(doctor, FINDING_WARN, wanted->name,
					"run 'modprobe vfio-pci' as root, or doctor with --fix; after an upgrade of "
					"the kernel the host wants a reboot",
					"the running kernel's modules are not below /lib/modules, so whether it "
					"can be loaded is not known; %s",
					wanted->why);
			break;
		}
	}
}

/* What the hook would do, with modprobe to judge. */
static void mend_vfio(struct doctor *doctor)
{
	const struct host *host = doctor->host;
	int r;

	if (module_probe(host, modules[0].name) >= MODULE_BUILT_IN)
		return;
	(void)host->kernel->begin(host);
	r = host->kernel->load_module(host, modules[0].name, DEADLINE_MS);
	if (r >= 0)
		doctor_mended(doctor, "%s is loaded", modules[0].name);
	else
		doctor_mended(doctor, "%s cannot be loaded: %s", modules[0].name,
			r == KERNEL_STUCK ? "modprobe does not return"
			: r == -ENOENT    ? "modprobe does not find it, or is told not to"
					  : strerror(-r));
}

const struct check check_vfio = { .name = "vfio", .look = look_vfio, .mend = mend_vfio };
