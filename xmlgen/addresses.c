// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/addresses.h"

#include <errno.h>
#include <stdlib.h>

#include "probe/document.h"

/* The bus of an address has two digits. */
#define BUS_MAX 0xff

const xmlNode *addresses_node(const xmlNode *device)
{
	for (const xmlNode *node = device->children; node; node = node->next) {
		if (element_is(node, "address") && element_has(node, "type", "pci"))
			return node;
	}
	return NULL;
}

bool addresses_is_told(const xmlNode *address)
{
	static const char *const names[] = { "domain", "bus", "slot", "function" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (xmlHasNsProp(address, (const xmlChar *)names[i], NULL))
			return true;
	}
	return false;
}

static void see_bus(struct addresses *addresses, unsigned int bus)
{
	if (bus > addresses->highest_bus)
		addresses->highest_bus = bus;
}

static int add(struct addresses *addresses, const xmlNode *device, struct address address)
{
	if (addresses->n == addresses->room) {
		size_t room = addresses->room ? addresses->room * 2 : 64;
		struct addressed *devices = reallocarray(addresses->devices, room, sizeof(*devices));

		if (!devices)
			return -ENOMEM;
		addresses->devices = devices;
		addresses->room = room;
	}
	addresses->devices[addresses->n++] = (struct addressed){ .node = device, .address = address };
	see_bus(addresses, address.bus);
	return 0;
}

int addresses_place(struct addresses *addresses, const xmlNode *device, struct address address)
{
	for (size_t i = 0; i < addresses->n && device; i++) {
		if (addresses->devices[i].node != device)
			continue;
		addresses->devices[i].address = address;
		see_bus(addresses, address.bus);
		return 0;
	}
	return add(addresses, device, address);
}

static int read_device(struct addresses *addresses, const xmlNode *device)
{
	const xmlNode *node = addresses_node(device);
	struct address address;
	uint64_t index;
	int r;

	if (element_is(device, "controller") && element_has(device, "type", "pci")) {
		r = element_number(device, "index", BUS_MAX, &index);
		if (r < 0)
			return r;
		see_bus(addresses, (unsigned int)index);
	}
	if (!node || !addresses_is_told(node))
		return 0;
	r = element_address(node, &address);
	return r < 0 ? r : add(addresses, device, address);
}

int addresses_read(const struct source *source, struct addresses *ret, struct refusal *refusal)
{
	struct addresses addresses = { 0 };
	int r = 0;

	for (const xmlNode *devices = source->elements[0].node->children; devices; devices = devices->next) {
		if (!element_is(devices, "devices"))
			continue;
		for (const xmlNode *device = devices->children; device && r == 0; device = device->next) {
			if (device->type == XML_ELEMENT_NODE)
				r = read_device(&addresses, device);
		}
	}
	if (r < 0) {
		addresses_finish(&addresses);
		return refusal_set(refusal, REFUSAL_INPUT,
			r == -ENOMEM
				? "there is no memory for the devices of the domain"
				: "a device of the domain has no readable PCI address; correct it with 'virsh edit'");
	}
	*ret = addresses;
	return 0;
}

void addresses_finish(struct addresses *addresses)
{
	free(addresses->devices);
	*addresses = (struct addresses){ 0 };
}
