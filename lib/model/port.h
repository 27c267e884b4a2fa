/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: a PCI bridge as a port of PCI Express, and its access control services (ACS), which keep what lies below it
 * from reaching its neighbours past the IOMMU. The kernel makes one IOMMU group of what they do not keep apart
 * (pci_acs_enabled(), drivers/pci/pci.c); it knows bridges that do without them (drivers/pci/quirks.c), so only what
 * shares a group already is asked for the reason. A value.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum port_kind {
	PORT_UNTOLD,
	PORT_ROOT,
	PORT_UPSTREAM,   /* of a switch, towards the processor */
	PORT_DOWNSTREAM, /* of a switch, towards a slot */
	PORT_TO_PCI,     /* from PCI Express to conventional PCI */
	PORT_OTHER,      /* to PCI Express from conventional PCI, or what is no bridge */
	PORT_PCI,        /* conventional on both sides */
};

enum port_acs {
	ACS_UNTOLD, /* configuration space beyond 256 bytes cannot be read */
	ACS_NONE,   /* it has no such capability */
	ACS_THERE,
};

/* Of its capability and its control register, which have the same bits (PCI Express Base Specification, 7.7.11). */
#define ACS_SOURCE_VALIDATION   0x01
#define ACS_REQUEST_REDIRECT    0x04
#define ACS_COMPLETION_REDIRECT 0x08
#define ACS_UPSTREAM_FORWARDING 0x10

struct port {
	enum port_kind kind;
	enum port_acs acs;
	uint16_t able, on; /* with ACS_THERE */
};

/* What the kernel asks for, the port is able to do, and is not turned on. 0 unless it is ACS_THERE. Pure. */
uint16_t port_find_off(const struct port *port);

/* root port, upstream port of a switch, …; bridge when it is not told. */
const char *port_kind_name(enum port_kind kind);

/* The offset of the control register in the capability: some of Intel's root ports have it elsewhere. Pure. */
unsigned int port_control_offset(uint16_t vendor, uint16_t device, enum port_kind kind);
