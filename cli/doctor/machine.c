// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: the host is no virtual machine itself; where it is one, what that means. */
#include <string.h>

#include "cli/doctor/doctor.h"
#include "probe/cpuinfo.h"
#include "probe/virtual.h"

#define SUBJECT "machine"

/* The domain of Xen that has the hardware. */
static bool is_first_of_xen(const struct host *host)
{
	char capabilities[64];

	return attribute_read(host->proc, "xen/capabilities", capabilities, sizeof(capabilities)) > 0 &&
	       strstr(capabilities, "control_d");
}

static void look_machine(struct doctor *doctor)
{
	char name[VIRTUAL_NAME_SIZE];
	struct cpuinfo cpuinfo;
	int r = cpuinfo_probe(doctor->host, &cpuinfo);

	r = virtual_probe(doctor->host, r < 0 ? NULL : &cpuinfo, name);
	if (r < 0)
		return;
	if (is_first_of_xen(doctor->host))
		doctor_report(doctor, FINDING_FAIL, SUBJECT, "boot without Xen",
			"the kernel runs below Xen, as its first domain: there is no KVM, and Xen has the IOMMU");
	else if (r > 0)
		doctor_report(doctor, FINDING_WARN, SUBJECT,
			"run VMs with cards on the machine below it, unless nesting is meant",
			"this host is a virtual machine%s%s%s: its VMs need nested virtualization, cards that its own "
			"host has given to it, and a virtual IOMMU; all of that is slower",
			name[0] ? " (" : "", name, name[0] ? ")" : "");
	else
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "it is no virtual machine%s%s%s",
			name[0] ? " (" : "", name, name[0] ? ")" : "");
}

const struct check check_machine = { .name = "machine", .look = look_machine };
