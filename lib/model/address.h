/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: the address of a PCI function, domain:bus:slot.function, as the kernel writes it in sysfs
 * (Documentation/PCI/sysfs-pci.rst). Domains are more than four digits wide behind Intel VMD (10000:e1:00.0).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct address {
	uint32_t domain;
	uint8_t bus;
	uint8_t slot;     /* 0-31; the kernel's "device" */
	uint8_t function; /* 0-7 */
};

/* The functions that one slot can have. */
#define SLOT_FUNCTIONS 8

/* The longest text of an address, with its end: ffffffff:ff:1f.7 */
#define ADDRESS_TEXT_SIZE 17

/* Text of an address as a value: address_text(a).s, valid for the full expression. */
struct address_text {
	char s[ADDRESS_TEXT_SIZE];
};

/*
 * Reads DDDD:BB:SS.F, hexadecimal in any case, with four to eight digits of domain, or BB:SS.F for domain 0, as lspci
 * prints it. Returns 0, or -EINVAL.
 */
int address_parse(const char *string, struct address *ret);

/* Lower case, domain in four digits or more, as in sysfs. */
struct address_text address_text(struct address address);

/* Domain, bus, slot, then function: below 0, 0 or above 0, as strcmp. */
int address_compare(struct address a, struct address b);

bool address_same_slot(struct address a, struct address b);
