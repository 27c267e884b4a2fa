// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/hostdev.h"

#include <errno.h>
#include <stdbool.h>

#include <libxml/xmlwriter.h>

static int write_attribute(xmlTextWriter *writer, const char *name, const char *value)
{
	return xmlTextWriterWriteAttribute(writer, (const xmlChar *)name, (const xmlChar *)value);
}

static bool write_address(xmlTextWriter *writer, struct address address)
{
	return xmlTextWriterStartElement(writer, (const xmlChar *)"address") >= 0 &&
	       xmlTextWriterWriteFormatAttribute(
		       writer, (const xmlChar *)"domain", "0x%04x", (unsigned int)address.domain) >= 0 &&
	       xmlTextWriterWriteFormatAttribute(writer, (const xmlChar *)"bus", "0x%02x", address.bus) >= 0 &&
	       xmlTextWriterWriteFormatAttribute(writer, (const xmlChar *)"slot", "0x%02x", address.slot) >= 0 &&
	       xmlTextWriterWriteFormatAttribute(writer, (const xmlChar *)"function", "0x%x", address.function) >= 0 &&
	       xmlTextWriterEndElement(writer) >= 0;
}

static bool write_hostdev(xmlTextWriter *writer, struct address address)
{
	/* managed: libvirt finds the function on vfio-pci already, and changes nothing. */
	return xmlTextWriterStartElement(writer, (const xmlChar *)"hostdev") >= 0 &&
	       write_attribute(writer, "mode", "subsystem") >= 0 && write_attribute(writer, "type", "pci") >= 0 &&
	       write_attribute(writer, "managed", "yes") >= 0 &&
	       xmlTextWriterStartElement(writer, (const xmlChar *)"source") >= 0 && write_address(writer, address) &&
	       xmlTextWriterEndElement(writer) >= 0 && xmlTextWriterEndElement(writer) >= 0;
}

int hostdev_write(const struct address *functions, unsigned int n, FILE *stream)
{
	xmlBuffer *buffer = xmlBufferCreate();
	xmlTextWriter *writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
	bool good = writer && xmlTextWriterSetIndent(writer, 1) >= 0 &&
		    xmlTextWriterSetIndentString(writer, (const xmlChar *)"  ") >= 0;
	int r = 0;

	for (unsigned int i = 0; i < n && good; i++)
		good = write_hostdev(writer, functions[i]);
	good = good && xmlTextWriterEndDocument(writer) >= 0;
	xmlFreeTextWriter(writer);
	if (!good)
		r = -ENOMEM;
	else if (fputs((const char *)xmlBufferContent(buffer), stream) < 0 || fflush(stream) != 0)
		r = -errno;
	xmlBufferFree(buffer);
	return r;
}
