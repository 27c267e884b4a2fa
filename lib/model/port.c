// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/port.h"

#include <stddef.h>

#define VENDOR_INTEL 0x8086

/* REQ_ACS_FLAGS of drivers/iommu/iommu.c */
#define REQUIRED (ACS_SOURCE_VALIDATION | ACS_REQUEST_REDIRECT | ACS_COMPLETION_REDIRECT | ACS_UPSTREAM_FORWARDING)

uint16_t port_find_off(const struct port *port)
{
	return port->acs == ACS_THERE ? (uint16_t)(REQUIRED & port->able & ~port->on) : 0;
}

const char *port_kind_name(enum port_kind kind)
{
	static const char *const names[] = {
		[PORT_UNTOLD] = "bridge",
		[PORT_ROOT] = "root port",
		[PORT_UPSTREAM] = "upstream port of a switch",
		[PORT_DOWNSTREAM] = "downstream port of a switch",
		[PORT_TO_PCI] = "PCIe-to-PCI bridge",
		[PORT_OTHER] = "bridge",
		[PORT_PCI] = "conventional PCI bridge",
	};

	return names[kind];
}

/* Both registers are 32 bits wide there: pci_quirk_intel_spt_pch_acs_match() of drivers/pci/quirks.c. */
static bool is_wide(uint16_t vendor, uint16_t device)
{
	static const struct {
		uint16_t first, last;
	} ports[] = {
		{ 0xa110, 0xa11f }, { 0xa167, 0xa16a }, /* Sunrise Point */
		{ 0xa290, 0xa29f }, { 0xa2e7, 0xa2ee }, /* Union Point */
		{ 0x9d10, 0x9d1b },                     /* mobile, of the 7th and 8th generation */
	};

	for (size_t i = 0; vendor == VENDOR_INTEL && i < sizeof(ports) / sizeof(ports[0]); i++) {
		if (device >= ports[i].first && device <= ports[i].last)
			return true;
	}
	return false;
}

unsigned int port_control_offset(uint16_t vendor, uint16_t device, enum port_kind kind)
{
	return kind == PORT_ROOT && is_wide(vendor, device) ? 8 : 6;
}
