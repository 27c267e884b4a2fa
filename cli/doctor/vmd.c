// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: disks behind Intel's VMD belong to it, and it belongs to the host. */
#include <string.h>

#include "cli/doctor/doctor.h"
#include "probe/vmd.h"

#define REMEDY                                                                                                         \
	"leave it with the host; to give a disk to a VM as a PCI device, turn VMD off in the firmware's setup, below " \
	"storage or RAID, and have a way to boot before: the disks move"

static void look_vmd(struct doctor *doctor)
{
	struct vmds vmds;
	int r = vmds_probe(doctor->host, &vmds);

	if (r < 0)
		doctor_report(
			doctor, FINDING_WARN, "VMD", "look again later", "devices cannot be listed: %s", strerror(-r));
	for (unsigned int i = 0; i < vmds.n_vmds; i++)
		doctor_report(doctor, FINDING_WARN, address_text(vmds.vmds[i]).s, REMEDY,
			"it is an Intel VMD: NVMe disks behind it are in a PCI domain of its own (10000 and above), "
			"and "
			"cannot be given to a VM one by one; a VM that takes the VMD takes all of them");
	/* It is not in every listing. */
	if (vmds.n_vmds == 0 && vmds.n_behind)
		doctor_report(doctor, FINDING_WARN, "VMD", REMEDY,
			"%u functions are behind an Intel VMD, in a PCI domain of its own (10000 and above): they "
			"cannot be given to a VM one by one",
			vmds.n_behind);
}

const struct check check_vmd = { .name = "vmd", .look = look_vmd };
