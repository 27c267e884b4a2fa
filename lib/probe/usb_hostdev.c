// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/usb_hostdev.h"

#include <stdint.h>

#include "probe/document.h"

/* An attribute of a child; without the child it is 0. */
static int read_number(const xmlNode *source, const char *child, const char *attribute, uint64_t max, uint64_t *ret)
{
	const xmlNode *node = element_child(source, child);

	*ret = 0;
	return node ? element_number(node, attribute, max, ret) : 0;
}

static int read_hostdev(const xmlNode *source, struct usb_hostdev *ret)
{
	uint64_t vendor, product, bus, number;
	int r;

	r = read_number(source, "vendor", "id", UINT16_MAX, &vendor);
	if (r == 0)
		r = read_number(source, "product", "id", UINT16_MAX, &product);
	if (r == 0)
		r = read_number(source, "address", "bus", UINT16_MAX, &bus);
	if (r == 0)
		r = read_number(source, "address", "device", UINT16_MAX, &number);
	if (r == 0)
		*ret = (struct usb_hostdev){ .vendor = (uint16_t)vendor,
			.product = (uint16_t)product,
			.bus = (unsigned int)bus,
			.number = (unsigned int)number };
	return r;
}

static int read_hostdevs(const xmlNode *devices, struct usb_hostdevs *hostdevs, struct refusal *refusal)
{
	for (const xmlNode *node = devices ? devices->children : NULL; node; node = node->next) {
		const xmlNode *source;

		if (!element_is(node, "hostdev") || !element_has(node, "type", "usb"))
			continue;
		source = element_child(node, "source");
		if (source && element_has(source, "missing", "yes"))
			continue;
		if (hostdevs->n_hostdevs == USB_HOSTDEVS_MAX)
			return refusal_set(refusal, REFUSAL_INPUT,
				"the domain has more than %d USB hostdevs; remove some with 'virsh edit'",
				USB_HOSTDEVS_MAX);
		if (!source || read_hostdev(source, &hostdevs->hostdevs[hostdevs->n_hostdevs]) < 0)
			return refusal_set(refusal, REFUSAL_INPUT,
				"a USB hostdev of the domain has no readable source; correct it with 'virsh edit'");
		hostdevs->n_hostdevs++;
	}
	return 0;
}

int usb_hostdevs_parse(const char *xml, size_t size, struct usb_hostdevs *ret, struct refusal *refusal)
{
	xmlDoc *document FREE_DOCUMENT = NULL;
	struct usb_hostdevs hostdevs = { 0 };
	const xmlNode *root;
	int r = document_read(xml, size, &document, refusal);

	if (r < 0)
		return r;
	root = xmlDocGetRootElement(document);
	if (!root || !element_is(root, "domain"))
		return refusal_set(refusal, REFUSAL_INPUT, "the XML is no libvirt domain");
	r = read_hostdevs(element_child(root, "devices"), &hostdevs, refusal);
	if (r == 0)
		*ret = hostdevs;
	return r;
}
