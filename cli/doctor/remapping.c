// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: interrupts are remapped. Without it a guest with a card can make the host take interrupts of its choice, and
 * VFIO refuses (drivers/vfio/vfio_iommu_type1.c). Only x86 tells in files; where nothing tells, nothing is said.
 */
#include "cli/doctor/doctor.h"
#include "probe/iommu.h"
#include "probe/parameter.h"

#define SUBJECT "interrupt remapping"
#define ALLOW   "allow_unsafe_interrupts"
#define OPTION  "'options vfio_iommu_type1 " ALLOW "=1' in /etc/modprobe.d/"

static bool is_unsafe_allowed(const struct host *host)
{
	char value[8];

	return attribute_read(host->sys, "module/vfio_iommu_type1/parameters/" ALLOW, value, sizeof(value)) > 0 &&
	       value[0] == 'Y';
}

/* The parameter that turns it off; NULL for none. */
static const char *find_off(const struct host *host)
{
	static char text[PARAMETERS_SIZE];

	if (parameters_probe(host, text) < 0)
		return NULL;
	return parameters_have(text, "intremap", "off")    ? "intremap=off"
	       : parameters_have(text, "nointremap", NULL) ? "nointremap"
							   : NULL;
}

static void report_off(struct doctor *doctor)
{
	const char *off = find_off(doctor->host);

	if (off)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			finding_text("take %s out of the boot loader's configuration, and reboot", off).s,
			"it is off, by '%s' on the kernel's command line: VFIO refuses every VM with a card", off);
	else if (remapping_probe_capability(doctor->host) == 0)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"where you trust the guests, write " OPTION "; there is no other way on this host",
			"this IOMMU cannot do it: VFIO refuses every VM with a card");
	else
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"look for interrupt remapping or x2APIC in the firmware's setup, and into 'journalctl -k -g "
			"remapping'; where you trust the guests, write " OPTION,
			"it is off: VFIO refuses every VM with a card");
}

static void look_remapping(struct doctor *doctor)
{
	struct iommus iommus;
	int r;

	/* Without an IOMMU that is what is to be said. */
	if (iommus_probe(doctor->host, &iommus) < 0 || iommus.n_groups == 0)
		return;
	r = remapping_probe(doctor->host);
	if (r > 0)
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "it is on");
	else if (r == 0 && is_unsafe_allowed(doctor->host))
		doctor_report(doctor, FINDING_WARN, SUBJECT,
			"give cards to guests alone that you trust; else turn it on in the firmware's setup",
			"it is off, and " ALLOW " lets VFIO do without: a guest with a card can make the host take "
			"any interrupt");
	else if (r == 0)
		report_off(doctor);
}

const struct check check_remapping = { .name = "remapping", .look = look_remapping };
