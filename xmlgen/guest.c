// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/guest.h"

#include <errno.h>
#include <stdlib.h>

#include "probe/document.h"

/* The bus of an address has two digits. */
#define BUS_MAX 0xff

const xmlNode *guest_address_node(const xmlNode *device)
{
	for (const xmlNode *node = device->children; node; node = node->next) {
		if (element_is(node, "address") && element_has(node, "type", "pci"))
			return node;
	}
	return NULL;
}

bool guest_address_is_told(const xmlNode *address)
{
	static const char *const names[] = { "domain", "bus", "slot", "function" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (xmlHasNsProp(address, (const xmlChar *)names[i], NULL))
			return true;
	}
	return false;
}

static void see_bus(struct guest *guest, unsigned int bus)
{
	if (bus > guest->highest_bus)
		guest->highest_bus = bus;
}

static int add(struct guest *guest, const xmlNode *device, struct address address)
{
	if (guest->n == guest->room) {
		size_t room = guest->room ? guest->room * 2 : 64;
		struct guest_device *devices = reallocarray(guest->devices, room, sizeof(*devices));

		if (!devices)
			return -ENOMEM;
		guest->devices = devices;
		guest->room = room;
	}
	guest->devices[guest->n++] = (struct guest_device){ .node = device, .address = address };
	see_bus(guest, address.bus);
	return 0;
}

int guest_place(struct guest *guest, const xmlNode *device, struct address address)
{
	for (size_t i = 0; i < guest->n && device; i++) {
		if (guest->devices[i].node != device)
			continue;
		guest->devices[i].address = address;
		see_bus(guest, address.bus);
		return 0;
	}
	return add(guest, device, address);
}

static int read_device(struct guest *guest, const xmlNode *device)
{
	const xmlNode *node = guest_address_node(device);
	struct address address;
	uint64_t index;
	int r;

	if (element_is(device, "controller") && element_has(device, "type", "pci")) {
		r = element_number(device, "index", BUS_MAX, &index);
		if (r < 0)
			return r;
		see_bus(guest, (unsigned int)index);
	}
	if (!node || !guest_address_is_told(node))
		return 0;
	r = element_address(node, &address);
	return r < 0 ? r : add(guest, device, address);
}

int guest_read(const struct source *source, struct guest *ret, struct refusal *refusal)
{
	struct guest guest = { 0 };
	int r = 0;

	for (const xmlNode *devices = source->elements[0].node->children; devices; devices = devices->next) {
		if (!element_is(devices, "devices"))
			continue;
		for (const xmlNode *device = devices->children; device && r == 0; device = device->next) {
			if (device->type == XML_ELEMENT_NODE)
				r = read_device(&guest, device);
		}
	}
	if (r < 0) {
		guest_finish(&guest);
		return refusal_set(refusal, REFUSAL_INPUT,
			r == -ENOMEM
				? "there is no memory for the devices of the domain"
				: "a device of the domain has no readable PCI address; correct it with 'virsh edit'");
	}
	*ret = guest;
	return 0;
}

void guest_finish(struct guest *guest)
{
	free(guest->devices);
	*guest = (struct guest){ 0 };
}
