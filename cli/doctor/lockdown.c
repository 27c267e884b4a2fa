// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: what secure boot and lockdown mean here (kernel_lockdown(7)). vfio-pci is signed with its kernel, so a
 * handover works all the same; drivers that are built on the host load only with a signature that the kernel knows.
 */
#include <errno.h>

#include "cli/doctor/doctor.h"
#include "probe/lockdown.h"

#define SUBJECT "lockdown"
#define NVIDIA  0x10de

/* securityfs: with it a kernel without lockdown has the list of its other modules alone. */
#define SECURITY "kernel/security/"

static const char *const names[] = {
	[LOCKDOWN_NONE] = "none",
	[LOCKDOWN_INTEGRITY] = "integrity",
	[LOCKDOWN_CONFIDENTIALITY] = "confidentiality",
};

/* A GPU that its vendor's driver may have wanted, and not got. */
static const struct function *find_driverless(const struct inventory *inventory)
{
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		const struct function *function = &inventory->functions[i];

		if (function->vendor == NVIDIA && function_is_display(function) && !function->driver[0])
			return function;
	}
	return NULL;
}

/* Where a module that this host has built may be missed. */
static void report_locked(struct doctor *doctor, enum lockdown lockdown, const char *boot)
{
	const struct function *driverless = find_driverless(&doctor->inventory);

	if (driverless)
		doctor_report(doctor, FINDING_WARN, SUBJECT,
			"if it is to have the driver nvidia, sign that with a key that 'mokutil --import' has "
			"enrolled, or turn secure boot off in the firmware's setup",
			"the kernel is locked down (%s), and %s has no driver: modules that are built on this host, as "
			"nvidia often is, load only when they are signed; vfio-pci is",
			names[lockdown], address_text(driverless->address).s);
	else
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL,
			"the kernel is locked down (%s)%s; vfio-pci is signed with it, but modules that are built on "
			"this host load only with a signature of an enrolled key",
			names[lockdown], boot);
}

static void look_lockdown(struct doctor *doctor)
{
	int secure = secure_boot_probe(doctor->host), r;
	const char *boot = secure > 0 ? "; secure boot is on" : secure == 0 ? "; secure boot is off" : "";
	enum lockdown lockdown = LOCKDOWN_NONE;

	r = lockdown_probe(doctor->host, &lockdown);
	if (r == 0 && lockdown != LOCKDOWN_NONE)
		report_locked(doctor, lockdown, boot);
	else if (r == 0 || (r == -ENOENT && beneath_has(doctor->host->sys, SECURITY "lsm")))
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "the kernel is not locked down%s", boot);
	else if (!doctor->recorded)
		doctor_report(doctor, FINDING_WARN, SUBJECT, "run it as root, with securityfs at /sys/" SECURITY,
			"whether the kernel is locked down cannot be told%s", boot);
}

const struct check check_lockdown = { .name = "lockdown", .look = look_lockdown };
