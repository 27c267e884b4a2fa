// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: how a domain is given its devices, and the machine that they are in. */
#include "cli/doctor/domain.h"

#define EDIT "with 'virsh edit'"

/*
 * libvirt checks that nobody drives an unmanaged device only until its daemon has seen it once, and resets its bus
 * later, whoever drives it then (src/hypervisor/virhostdev.c).
 */
static void look_managed(const struct domain_look *look, const struct hostdev_traits *hostdev)
{
	if (hostdev->unmanaged)
		doctor_report(look->doctor, FINDING_WARN, look->subject.s, "write managed='yes' " EDIT,
			"hostdev %s is not managed: from its second start on libvirt may reset it while a driver of "
			"the host has it",
			address_text(hostdev->address).s);
}

static void look_machine(const struct domain_look *look)
{
	const struct traits *traits = &look->traits;

	if (traits->is_i440fx)
		doctor_report(look->doctor, FINDING_WARN, look->subject.s,
			"make a domain of machine q35 with 'gpu-handoff xml': a guest that is installed may not boot "
			"in "
			"another machine",
			"its machine%s%s has no PCI Express, and drivers of cards expect it",
			traits->machine[0] ? " " : "", traits->machine);
	if (!traits->has_uefi)
		doctor_report(look->doctor, FINDING_PASS, look->subject.s, NULL,
			"it has no UEFI firmware: of cards since 2012 or so the screen may stay dark until the guest's "
			"driver is loaded");
}

void doctor_look_devices(const struct domain_look *look)
{
	const struct traits *traits = &look->traits;

	if (traits->n_hostdevs == 0)
		return;
	for (unsigned int i = 0; i < traits->n_hostdevs; i++) {
		look_managed(look, &traits->hostdevs[i]);
		if (traits->hostdevs[i].rom_file[0])
			doctor_look_rom(look, &traits->hostdevs[i]);
	}
	look_machine(look);
	if (traits->has_balloon)
		doctor_report(look->doctor, FINDING_WARN, look->subject.s, "write <memballoon model='none'/> " EDIT,
			"its memory balloon is of no use: VFIO pins all memory of the guest, and QEMU keeps the "
			"balloon "
			"from giving any back");
}
