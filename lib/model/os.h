/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: the operating system of a guest, as far as its virtual machine depends on it. A value. */
#pragma once

#include <stdbool.h>

enum os_family {
	OS_OTHER,
	OS_LINUX,
	OS_WINDOWS, /* of the NT line */
};

struct os {
	char id[256];   /* libosinfo's, printable: http://microsoft.com/win/11 */
	char name[128]; /* for a person, printable; "" when the database has none */
	enum os_family family;
	bool needs_tpm; /* and secure boot: Windows 11, Windows Server 2025 and later ones */
};
