// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: Intel VMD, which puts devices into a PCI domain of its own and speaks for them: to the IOMMU they are one
 * (drivers/pci/controller/vmd.c).
 */
#include "base/text.h"
#include "cli/doctor/cards.h"
#include "probe/inventory.h"

#define DEVICES      "bus/pci/devices"
#define VENDOR_INTEL 0x8086

/* Firmware's own domains are numbers of 16 bits; vmd_find_free_domain() begins behind them. */
#define DOMAIN_FIRST 0x10000

struct look {
	struct text controllers;
	unsigned int n_behind, n_cards; /* devices, and those of them that are cards */
};

static bool is_behind(struct address address)
{
	return address.domain >= DOMAIN_FIRST;
}

/* vmd_ids of the driver. */
static bool is_controller(const struct function *function)
{
	static const uint16_t ids[] = { 0x201d, 0x28c0, 0x467f, 0x4c3d, 0x7d0b, 0x9a0b, 0xa77f, 0xad0b, 0xb06f, 0xb07f,
		0xb60b };

	for (size_t i = 0; function->vendor == VENDOR_INTEL && i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (function->device == ids[i])
			return true;
	}
	return false;
}

static void look_device(struct look *look, const struct host *host, struct address address)
{
	struct function function;

	if (function_probe(host, address, &function) < 0)
		return;
	if (is_behind(address)) {
		look->n_behind += !function_is_bridge(&function);
		look->n_cards += function_is_display(&function);
	} else if (is_controller(&function)) {
		text_add(&look->controllers, "%s%s", look->controllers.length ? ", " : "", address_text(address).s);
	}
}

/* Of a card there the card's own line tells as well. */
static void look_vmd(struct doctor *doctor)
{
	struct finding_text controllers;
	struct look look = { .n_behind = 0 };
	struct address address;
	struct dirent *entry;
	DIR *directory;

	text_init(&look.controllers, controllers.s, sizeof(controllers.s));
	if (beneath_list(doctor->host->sys, DEVICES, &directory) < 0)
		return;
	while ((entry = readdir(directory))) {
		if (address_parse(entry->d_name, &address) == 0)
			look_device(&look, doctor->host, address);
	}
	(void)closedir(directory);
	if (look.controllers.length || look.n_behind)
		doctor_report(doctor, FINDING_PASS, "Intel VMD", NULL,
			"it is on%s%s; devices seen behind it: %u, cards among them: %u; none of these can go to a VM "
			"by "
			"itself",
			look.controllers.length ? ", by " : "", controllers.s, look.n_behind, look.n_cards);
}

const struct check check_vmd = { .name = "vmd", .look = look_vmd };

static void look_card(const struct card_look *look)
{
	if (is_behind(look->card->gpu->address))
		card_report(look, FINDING_FAIL,
			"turn VMD off in the firmware for its slot; what the host boots from may be behind VMD as "
			"well, "
			"and then has to stay",
			"it is behind Intel VMD, which is one device to the IOMMU with all that is behind it");
}

const struct card_check card_check_vmd = { .name = "vmd", .look = look_card };
