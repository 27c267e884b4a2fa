// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: systemd and control groups are such that a VM can have CPUs for itself. All else works without. */
#include "cli/doctor/doctor.h"
#include "probe/init.h"

#define SYSTEMD "systemd"
#define GROUPS  "control groups"

/* AllowedCPUs, in NEWS of systemd. */
#define VERSION_MIN 244

static void look_groups(struct doctor *doctor)
{
	switch (control_groups_probe(doctor->host)) {
	case CONTROL_GROUPS_V2:
		doctor_report(doctor, FINDING_PASS, GROUPS, NULL, "they are of version 2, with cpuset");
		break;
	case CONTROL_GROUPS_V1:
		doctor_report(doctor, FINDING_WARN, GROUPS,
			"add systemd.unified_cgroup_hierarchy=1 to the kernel's command line, and reboot",
			"they are of version 1: a VM whose policy isolates CPUs is refused");
		break;
	case CONTROL_GROUPS_NO_CPUSET:
		doctor_report(doctor, FINDING_WARN, GROUPS,
			"take 'cgroup_disable=cpuset' off the kernel's command line, or boot a kernel with "
			"CONFIG_CPUSETS",
			"cpuset is not among them: a VM whose policy isolates CPUs is refused");
		break;
	case CONTROL_GROUPS_UNKNOWN:
		if (!doctor->recorded)
			doctor_report(doctor, FINDING_WARN, GROUPS, "run it on the host itself, in no container",
				"there are none at /sys/fs/cgroup: a VM whose policy isolates CPUs is refused");
		break;
	}
}

static void look_systemd(struct doctor *doctor)
{
	unsigned int version = systemd_probe_version(doctor->host);

	if (version == 0 && !doctor->recorded)
		doctor_report(doctor, FINDING_WARN, SYSTEMD,
			"look whether it is there, 'systemctl --version': it has to be 244 or newer",
			"its version is not found");
	else if (version > 0 && version < VERSION_MIN)
		doctor_report(doctor, FINDING_WARN, SYSTEMD, "upgrade it to 244 or newer",
			"it is %u, and does not know AllowedCPUs: a VM whose policy isolates CPUs does not start",
			version);
	else if (version > 0)
		doctor_report(doctor, FINDING_PASS, SYSTEMD, NULL, "it is %u", version);
	look_groups(doctor);
}

const struct check check_systemd = { .name = "systemd", .look = look_systemd };
