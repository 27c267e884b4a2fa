// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/hostdev.h"

#include <stdio.h>

static bool set(xmlNode *node, const char *name, const char *value)
{
	return xmlNewProp(node, (const xmlChar *)name, (const xmlChar *)value);
}

static bool set_number(xmlNode *node, const char *name, int width, unsigned int number)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "0x%0*x", width, number);
	return set(node, name, text);
}

static bool set_address(xmlNode *node, struct address address)
{
	return set_number(node, "domain", 4, address.domain) && set_number(node, "bus", 2, address.bus) &&
	       set_number(node, "slot", 2, address.slot) && set_number(node, "function", 1, address.function);
}

xmlNode *hostdev_guest_address(struct address guest, bool is_multifunction)
{
	xmlNode *node = xmlNewNode(NULL, (const xmlChar *)"address");

	if (node && set(node, "type", "pci") && set_address(node, guest) &&
		(!is_multifunction || set(node, "multifunction", "on")))
		return node;
	xmlFreeNode(node);
	return NULL;
}

static xmlNode *add_child(xmlNode *parent, const char *name)
{
	return xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
}

const char *hostdev_managed(bool is_managed)
{
	return is_managed ? "yes" : "no";
}

static bool fill(xmlNode *hostdev, struct address source, bool is_managed)
{
	xmlNode *driver = add_child(hostdev, "driver"), *origin = add_child(hostdev, "source");
	xmlNode *address = origin ? add_child(origin, "address") : NULL;

	/* managed: libvirt finds the function on vfio-pci already, and changes nothing. */
	return set(hostdev, "mode", "subsystem") && set(hostdev, "type", "pci") &&
	       set(hostdev, "managed", hostdev_managed(is_managed)) && driver && set(driver, "name", "vfio") &&
	       address && set_address(address, source);
}

xmlNode *hostdev_new(struct address source, bool is_managed, const struct address *guest, bool is_multifunction)
{
	xmlNode *hostdev = xmlNewNode(NULL, (const xmlChar *)"hostdev");
	xmlNode *address = guest ? hostdev_guest_address(*guest, is_multifunction) : NULL;

	if (hostdev && fill(hostdev, source, is_managed) && (!guest || (address && xmlAddChild(hostdev, address))))
		return hostdev;
	if (address && !address->parent)
		xmlFreeNode(address);
	xmlFreeNode(hostdev);
	return NULL;
}
