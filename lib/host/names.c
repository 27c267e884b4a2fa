// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/names.h"

#include <errno.h>

#include "base/text.h"
#include "host/libpci.h"

/* libpci's own struct, which names.h need not know. */
#define access_of(names) ((struct pci_access *)(names))

/* The list alone: no hwdb. libpci asks the network only when told to. */
#define LOOKUP (PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB)

/* Without pci_init(), which would look for a bus. */
struct names *names_new(void)
{
	return (struct names *)libpci_new();
}

void names_free(struct names *names)
{
	if (names)
		pci_cleanup(access_of(names));
}

static int found(const char *name, char *buffer, size_t size)
{
	char copy[256];
	struct text text;

	if (!name || text_copy(copy, sizeof(copy), name) < 0)
		return -ENOENT;
	text_init(&text, buffer, size);
	text_add_foreign(&text, copy);
	return 0;
}

int names_vendor(struct names *names, const struct function *function, char *buffer, size_t size)
{
	return found(pci_lookup_name(access_of(names), buffer, (int)size, PCI_LOOKUP_VENDOR | LOOKUP, function->vendor),
		buffer, size);
}

int names_device(struct names *names, const struct function *function, char *buffer, size_t size)
{
	return found(pci_lookup_name(access_of(names), buffer, (int)size, PCI_LOOKUP_DEVICE | LOOKUP, function->vendor,
			     function->device),
		buffer, size);
}

int names_class(struct names *names, const struct function *function, char *buffer, size_t size)
{
	return found(pci_lookup_name(
			     access_of(names), buffer, (int)size, PCI_LOOKUP_CLASS | LOOKUP, function->class_code >> 8),
		buffer, size);
}
