// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: disks behind Intel's VMD belong to it, and it belongs to the host. */
#include <string.h>

#include "cli/doctor/cards.h"
#include "probe/vmd.h"

/* It is in nobody's way before a VM is to have such a disk. */
#define WAY_OUT                                                                                                        \
	"turn VMD off in the firmware's setup if a VM is to have one, and have a way to boot before: the disks move"

static void look_vmd(struct doctor *doctor)
{
	struct vmds vmds;
	int r = vmds_probe(doctor->host, &vmds);

	if (r < 0)
		doctor_report(
			doctor, FINDING_WARN, "VMD", "look again later", "devices cannot be listed: %s", strerror(-r));
	for (unsigned int i = 0; i < vmds.n_vmds; i++)
		doctor_report(doctor, FINDING_PASS, address_text(vmds.vmds[i]).s, NULL,
			"it is an Intel VMD: NVMe disks behind it are in a PCI domain of its own (10000 and above), "
			"and cannot be given to a VM one by one: leave it with the host, or " WAY_OUT);
	/* It is not in every listing. */
	if (vmds.n_vmds == 0 && vmds.n_behind)
		doctor_report(doctor, FINDING_PASS, "VMD", NULL,
			"%u functions are behind an Intel VMD, in a PCI domain of its own (10000 and above): they "
			"cannot be given to a VM one by one; " WAY_OUT,
			vmds.n_behind);
}

const struct check check_vmd = { .name = "vmd", .look = look_vmd };

/* Of a card there. */
static void look_card(const struct card_look *look)
{
	if (look->card->gpu->address.domain >= VMD_DOMAIN_FIRST)
		card_report(look, FINDING_FAIL,
			"turn VMD off in the firmware for its slot; what the host boots from may be behind VMD as "
			"well, and then has to stay",
			"it is behind Intel VMD, which is one device to the IOMMU with all that is behind it");
}

const struct card_check card_check_vmd = { .name = "vmd", .look = look_card };
