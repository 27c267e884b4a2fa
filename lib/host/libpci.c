// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/libpci.h"

#include <stdlib.h>

/* libpci tells through these what it lacks. */
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

struct pci_access *libpci_new(void)
{
	struct pci_access *access = pci_alloc();

	if (access) {
		access->error = give_up;
		access->warning = say_nothing;
		access->debug = say_nothing;
	}
	return access;
}
