// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/slots.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "probe/document.h"
#include "xmlgen/change.h"
#include "xmlgen/hostdev.h"

struct slots {
	struct change change;
	struct addresses addresses;
	enum machine machine;
	const xmlNode *devices; /* the first of the name; NULL: none */
	size_t n_added;
	xmlNode **added; /* at the end of it */
	struct refusal *refusal;
};

/* A card in the domain: NULL for a function that is not there. */
struct placed {
	const struct slots_card *card;
	const xmlNode *hostdevs[SLOT_FUNCTIONS];
	const xmlNode *last; /* of them, in the text */
	unsigned int n_visible;
	bool visible[SLOT_FUNCTIONS]; /* to the guest */
	unsigned int numbers[SLOT_FUNCTIONS];
};

static bool is_pci_hostdev(const xmlNode *node)
{
	return element_is(node, "hostdev") && element_has(node, "type", "pci") &&
	       (!xmlHasNsProp(node, (const xmlChar *)"mode", NULL) || element_has(node, "mode", "subsystem"));
}

static const xmlNode *source_address(const xmlNode *hostdev)
{
	return element_child(element_child(hostdev, "source"), "address");
}

/* The guest does not see it: it only travels with the others of its group. */
static bool is_unassigned(const xmlNode *hostdev)
{
	for (const xmlNode *node = hostdev->children; node; node = node->next) {
		if (element_is(node, "address") && element_has(node, "type", "unassigned"))
			return true;
	}
	return false;
}

static int see_hostdev(struct slots *slots, struct placed *placed, const xmlNode *hostdev)
{
	const xmlNode *node = source_address(hostdev);
	struct address address;

	if (!node || element_address(node, &address) < 0)
		return refusal_set(slots->refusal, REFUSAL_INPUT,
			"a PCI hostdev of the domain has no readable source address; correct it with 'virsh edit'");
	for (unsigned int i = 0; i < placed->card->n_functions; i++) {
		if (placed->hostdevs[i] || address_compare(address, placed->card->functions[i]) != 0)
			continue;
		placed->hostdevs[i] = hostdev;
		placed->last = hostdev;
	}
	return 0;
}

static int find_hostdevs(struct slots *slots, struct placed *placed)
{
	int r = 0;

	for (const xmlNode *devices = slots->devices; devices && r == 0; devices = devices->next) {
		if (!element_is(devices, "devices"))
			continue;
		for (const xmlNode *node = devices->children; node && r == 0; node = node->next) {
			if (is_pci_hostdev(node))
				r = see_hostdev(slots, placed, node);
		}
	}
	return r;
}

/* As on the host, where that makes a device: function 0 must be there, and each number once. */
static void number_functions(struct placed *placed)
{
	const struct slots_card *card = placed->card;
	bool kept = true;

	for (unsigned int i = 0; i < card->n_functions; i++) {
		placed->visible[i] = !placed->hostdevs[i] || !is_unassigned(placed->hostdevs[i]);
		if (!placed->visible[i])
			continue;
		kept = kept && address_same_slot(card->functions[i], card->functions[0]) &&
		       (placed->n_visible > 0 || card->functions[i].function == 0);
		placed->numbers[i] = placed->n_visible++;
	}
	for (unsigned int i = 0; i < card->n_functions && kept; i++)
		placed->numbers[i] = card->functions[i].function;
}

static bool is_of_card(const struct placed *placed, const xmlNode *device)
{
	for (unsigned int i = 0; i < placed->card->n_functions; i++) {
		if (placed->hostdevs[i] && placed->hostdevs[i] == device)
			return true;
	}
	return false;
}

/* Whether a slot is free of others than the card, which may be NULL. */
static bool slot_is_free(const struct slots *slots, const struct placed *placed, struct address slot)
{
	for (size_t i = 0; i < slots->addresses.n; i++) {
		const struct addressed *device = &slots->addresses.devices[i];

		if (address_same_slot(device->address, slot) && !is_of_card(placed, device->node))
			return false;
	}
	return true;
}

/* Where the card is now: function 0 before the others, that is, in their order. */
static bool find_present_slot(const struct slots *slots, const struct placed *placed, struct address *ret)
{
	for (unsigned int i = 0; i < placed->card->n_functions; i++) {
		const xmlNode *hostdev = placed->hostdevs[i];
		const xmlNode *node = hostdev ? addresses_node(hostdev) : NULL;

		if (node && addresses_is_told(node) && element_address(node, ret) == 0 &&
			slot_is_free(slots, placed, *ret))
			return true;
	}
	return false;
}

/*
 * A bus that no controller makes: libvirt adds a root port for it. With i440fx, a slot of the one bus: high, where
 * those that libvirt gives away by itself come last.
 */
static int find_new_slot(struct slots *slots, const struct placed *placed, struct address *ret)
{
	*ret = (struct address){ 0 };
	if (slots->machine == MACHINE_Q35) {
		if (slots->addresses.highest_bus >= 0xff)
			return refusal_set(slots->refusal, REFUSAL_INPUT,
				"the domain has no PCI bus left for '%s'; remove controllers with 'virsh edit'",
				address_text(placed->card->functions[0]).s);
		ret->bus = (uint8_t)(slots->addresses.highest_bus + 1);
		return 0;
	}
	for (unsigned int i = 0x10; i < 0x10 + 0x1d; i++) {
		/* 10 to 1f, then 3 to f: those below are the machine's own. */
		ret->slot = (uint8_t)(i < 0x20 ? i : i - 0x1d);
		if (slot_is_free(slots, placed, *ret))
			return 0;
	}
	return refusal_set(slots->refusal, REFUSAL_INPUT,
		"the domain has no PCI slot left for '%s'; remove devices with 'virsh edit'",
		address_text(placed->card->functions[0]).s);
}

static void set_number(struct slots *slots, const xmlNode *node, const char *name, unsigned int width,
	unsigned int number, bool missing)
{
	bool is_there = xmlHasNsProp(node, (const xmlChar *)name, NULL);
	uint64_t present;
	char text[16];

	if (is_there && (missing || (element_number(node, name, UINT32_MAX, &present) == 0 && present == number)))
		return;
	(void)snprintf(text, sizeof(text), "0x%0*x", (int)width, number);
	change_attribute(&slots->change, node, name, text);
}

/* missing: only what is not told is set. */
static void set_address(struct slots *slots, const xmlNode *node, struct address address, bool missing)
{
	set_number(slots, node, "domain", 4, address.domain, missing);
	set_number(slots, node, "bus", 2, address.bus, missing);
	set_number(slots, node, "slot", 2, address.slot, missing);
	set_number(slots, node, "function", 1, address.function, missing);
}

static void edit_hostdev(struct slots *slots, const xmlNode *hostdev, struct address source, bool is_managed,
	const struct address *guest, bool is_multifunction)
{
	const xmlNode *node = addresses_node(hostdev);
	xmlNode *added;

	change_attribute(&slots->change, hostdev, "managed", hostdev_managed(is_managed));
	set_address(slots, source_address(hostdev), source, true);
	if (!guest)
		return;
	if (node) {
		set_address(slots, node, *guest, false);
		if (is_multifunction)
			change_attribute(&slots->change, node, "multifunction", "on");
		return;
	}
	added = hostdev_guest_address(*guest, is_multifunction);
	if (added)
		change_add_last(&slots->change, hostdev, &added, 1);
	else
		slots->change.edits->failed = true;
	xmlFreeNode(added);
}

static void add_hostdev(struct slots *slots, const struct placed *placed, struct address source,
	const struct address *guest, bool is_multifunction)
{
	xmlNode *hostdev = hostdev_new(source, !placed->card->is_variant, guest, is_multifunction);

	if (!hostdev) {
		slots->change.edits->failed = true;
	} else if (placed->last) {
		change_add_behind(&slots->change, placed->last, hostdev);
		xmlFreeNode(hostdev);
	} else {
		slots->added[slots->n_added++] = hostdev;
	}
}

static int place_card(struct slots *slots, struct placed *placed, struct address *ret)
{
	int r = 0;

	if (!find_present_slot(slots, placed, ret))
		r = find_new_slot(slots, placed, ret);
	/* The cards that come after this one find their slots taken. */
	for (unsigned int i = 0; i < placed->card->n_functions && r == 0; i++) {
		ret->function = (uint8_t)placed->numbers[i];
		if (!placed->visible[i])
			continue;
		if (addresses_place(&slots->addresses, placed->hostdevs[i], *ret) < 0)
			r = refusal_set(slots->refusal, REFUSAL_STATE, "there is no memory for the cards");
	}
	return r;
}

static int edit_card(struct slots *slots, const struct slots_card *card)
{
	struct placed placed = { .card = card };
	struct address guest = { 0 };
	bool has_slot = slots->machine != MACHINE_OTHER;
	int r = find_hostdevs(slots, &placed);

	if (r < 0)
		return r;
	number_functions(&placed);
	if (has_slot)
		r = place_card(slots, &placed, &guest);
	for (unsigned int i = 0; i < card->n_functions && r == 0; i++) {
		bool is_multifunction = placed.numbers[i] == 0 && placed.n_visible > 1;

		guest.function = (uint8_t)placed.numbers[i];
		if (!placed.hostdevs[i])
			add_hostdev(slots, &placed, card->functions[i], has_slot ? &guest : NULL, is_multifunction);
		else if (placed.visible[i])
			edit_hostdev(slots, placed.hostdevs[i], card->functions[i], !card->is_variant,
				has_slot ? &guest : NULL, is_multifunction);
	}
	return r;
}

/* Behind the last hostdev, or at the end of the devices, which may be missing altogether. */
static void add_rest(struct slots *slots)
{
	const xmlNode *last = NULL, *domain = slots->change.source->elements[0].node;
	xmlNode *devices;

	for (const xmlNode *node = slots->devices ? slots->devices->children : NULL; node; node = node->next)
		last = element_is(node, "hostdev") ? node : last;
	if (last) {
		for (size_t i = 0; i < slots->n_added; i++)
			change_add_behind(&slots->change, last, slots->added[i]);
	} else if (slots->devices && slots->n_added > 0) {
		change_add_last(&slots->change, slots->devices, slots->added, slots->n_added);
	} else if (slots->n_added > 0) {
		devices = xmlNewNode(NULL, (const xmlChar *)"devices");
		slots->change.edits->failed = slots->change.edits->failed || !devices;
		for (size_t i = 0; i < slots->n_added && devices; i++)
			(void)xmlAddChild(devices, slots->added[i]);
		if (devices)
			change_add_in_order(&slots->change, domain, devices);
		if (devices)
			slots->n_added = 0;
		xmlFreeNode(devices);
	}
}

static int edit_cards(struct slots *slots, const struct slots_card cards[], unsigned int n_cards)
{
	int r = 0;

	slots->added = calloc((size_t)n_cards * SLOT_FUNCTIONS, sizeof(xmlNode *));
	if (!slots->added)
		return refusal_set(slots->refusal, REFUSAL_STATE, "there is no memory for the cards");
	for (unsigned int i = 0; i < n_cards && r == 0; i++)
		r = edit_card(slots, &cards[i]);
	if (r == 0)
		add_rest(slots);
	for (size_t i = 0; i < slots->n_added; i++)
		xmlFreeNode(slots->added[i]);
	free(slots->added);
	return r;
}

int slots_edit(const struct source *source, const struct slots_card cards[], unsigned int n_cards, enum machine machine,
	struct edits *edits, struct refusal *refusal)
{
	struct slots slots = { .machine = machine, .refusal = refusal };
	int r;

	if (n_cards == 0)
		return 0;
	slots.devices = element_child(source->elements[0].node, "devices");
	r = addresses_read(source, &slots.addresses, refusal);
	if (r < 0)
		return r;
	change_init(source, edits, &slots.change);
	r = edit_cards(&slots, cards, n_cards);
	addresses_finish(&slots.addresses);
	return r;
}
