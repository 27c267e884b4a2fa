// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: SR-IOV: a card that is many, and one of those. */
#include "cli/doctor/cards.h"

static void look_virtual(const struct card_look *look)
{
	const struct function *gpu = look->card->gpu;

	if (gpu->is_virtual)
		card_report(look, FINDING_PASS, NULL,
			"it is a virtual function of %s, which stays with the host and its driver",
			address_text(gpu->physical).s);
	else if (gpu->virtual_enabled)
		card_report(look, FINDING_FAIL,
			finding_text("give domains its virtual functions; or end what uses them, and write 0 into "
				     "/sys/bus/pci/devices/%s/sriov_numvfs",
				address_text(gpu->address).s)
				.s,
			"it has virtual functions in use, so no domain can have the card itself");
}

const struct card_check card_check_virtual = { .name = "virtual", .look = look_virtual };
