// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/names.h"

#include <errno.h>
#include <stdlib.h>

#include <pci/pci.h>

#include "base/text.h"

/* libpci's own struct, which names.h need not know. */
#define access_of(names) ((struct pci_access *)(names))

/* The list alone: no hwdb. libpci asks the network only when told to. */
#define LOOKUP (PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB)

/* libpci tells of a name that it lacks through these; pci_init(), which sets them, would look for a bus. */
static void say_nothing(char *message, ...) /* NOLINT(readability-non-const-parameter): libpci's type */
{
	(void)message;
}

/* libpci does not go on after an error, and says so only for memory that it does not get. */
__attribute__((noreturn)) static void give_up(
	char *message, ...) /* NOLINT(readability-non-const-parameter): likewise */
{
	(void)message;
	abort();
}

struct names *names_new(void)
{
	struct pci_access *access = pci_alloc();

	if (access) {
		access->error = give_up;
		access->warning = say_nothing;
		access->debug = say_nothing;
	}
	return (struct names *)access;
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
